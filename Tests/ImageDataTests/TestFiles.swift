import Foundation
import Testing

@testable import ImageData

/// A file of the folder `Reference`.
func reference(_ name: String) throws -> URL {
  let folder = try #require(Bundle.module.resourceURL).appending(path: "Reference")
  return folder.appending(path: name)
}

/// Names the `svae` command that was built beside this test's resources: it reads MATLAB 7.3 files.
func findReader() {
  MATLAB.reader = Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "svae")
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) throws -> ImageDataError {
  var failure: ImageDataError?
  do {
    try body()
  } catch let error as ImageDataError {
    failure = error
  }
  return try #require(failure, "nothing was thrown")
}
