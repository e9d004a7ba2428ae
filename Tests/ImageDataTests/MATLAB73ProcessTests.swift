import Foundation
import TestSupport
import Testing

@testable import ImageData

/// A reader that hangs.
@Suite struct MATLAB73ProcessTests {
  @Test(arguments: ["exec sleep 60", "exec 1>&-; exec sleep 60"])
  func `a reader that hangs is given up`(
    _ script: String
  ) throws {
    try withTemporaryFolder { folder in
      let reader = folder.appending(path: "reader")
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: reader)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: reader.path)
      let start = Date()
      let file = folder.appending(path: "x.mat")
      let process = try MATLAB73Process(reader, file, nil, sendsNumbers: false, patience: 0.2)
      let error = try failure {
        if script == "exec sleep 60" { _ = try process.variables() } else { try process.finish() }
      }
      #expect(error.description.contains("x.mat: cannot be read: nothing came of it"), "\(error)")
      #expect(Date().timeIntervalSince(start) < 20)
    }
  }
}
