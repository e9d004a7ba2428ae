import Compute
import Foundation

/// The images of a source, and which of them can be used.
struct OpenedSource {
  let images: any ImageCollection
  /// The images that the source itself sets aside for the test.
  let testImages: Range<Int>?

  init(_ source: DataSource, luminance: Luminance) throws(ImageDataError) {
    switch source {
    case .synthetic(let leaves):
      images = leaves
      testImages = nil
    case .photographs(let files, _):
      images = Photographs(files, luminance: luminance)
      testImages = nil
    case .arrays(let training, let test):
      let first = try openArray(training)
      guard let test else {
        images = first
        testImages = nil
        return
      }
      images = JoinedImages(first: first, second: try openArray(test))
      testImages = first.count..<images.count
    }
  }

  /// The size of each image, or why it has none.
  func sizes(
    team: ThreadTeam, progress: @escaping ProgressReport
  ) -> [Result<ImageSize, ImageDataError>] {
    let counter = ProgressCounter("looking at images", of: images.count, report: progress)
    return team.map(images.count) { index in
      defer { counter.advance() }
      return Result { () throws(ImageDataError) in try images.size(at: index) }
    }
  }
}

/// The images of a data file, by the format that its first bytes show.
private func openArray(_ file: URL) throws(ImageDataError) -> any ImageCollection {
  var reader = try ByteReader(file)
  let head = try reader.read(16)
  guard let format = imageArrayFormats.first(where: { $0.contents(head) != nil }) else {
    throw ImageDataError(
      file: file, "starts like no data file that can be read",
      remedy: "expected \(imageArrayFormats.map(\.name).joined(separator: " or "))")
  }
  return try format.open(file)
}
