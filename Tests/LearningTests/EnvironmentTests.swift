import Foundation
import ImageData
import TestSupport
import Testing

@testable import Learning

/// What environment.json says of a run.
@Suite struct EnvironmentTests {
  private func environment(_ origin: DataOrigin) throws -> [String: Any] {
    let environment = Environment(threads: 1, started: Date(), seconds: 1, data: origin)
    return try #require(
      JSONSerialization.jsonObject(with: json(environment)) as? [String: Any])
  }

  @Test func `it names version, compiler, BLAS, instructions, command, host and data`() throws {
    let generated = try environment(DataOrigin(.synthetic(DeadLeaves()), team: .init(count: 1)))
    for key in [
      "version", "compiler", "blas", "instructionSet", "command", "host", "system", "threads",
    ] {
      #expect(generated[key] != nil, "\(key)")
    }
    #expect((generated["data"] as? [String: Any])?["sha256"] == nil)
  }

  @Test func `the data's hash is that of the lines of data_json's files`() throws {
    try withTemporaryFolder { folder in
      var origin = try DataOrigin(
        .open(path: SmallPictures.file.path), team: .init(count: 1))
      let data = try #require(try environment(origin)["data"] as? [String: Any])
      let file = origin.files[0]
      let line = "\(file.path) \(file.bytes) \(file.crc32)\n"
      let hash = SHA256()
      hash.update([UInt8](line.utf8))
      #expect(try data["sha256"] as? String == hash.finished())
      #expect(data["bytes"] as? Int == file.bytes && data["files"] as? Int == 1)
      origin.files[0].crc32 = "00000000"
      let changed = try #require(try environment(origin)["data"] as? [String: Any])
      #expect(changed["sha256"] as? String != data["sha256"] as? String)
    }
  }
}
