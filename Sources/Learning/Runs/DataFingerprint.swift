import Foundation
import ImageData

/// The data of a run in short: one hash of all that `data.json` says of its files.
struct DataFingerprint: Codable, Hashable, Sendable {
  var files: Int
  var bytes: Int
  /// The SHA-256 of a line for each file of `data.json`, in its order: "PATH BYTES CRC32\n"; nil for
  /// images that are generated, which the configuration determines.
  var sha256: String?

  init(_ origin: DataOrigin) {
    files = origin.files.count
    bytes = origin.bytes
    if origin.files.isEmpty { return }
    let lines = origin.files.map { "\($0.path) \($0.bytes) \($0.crc32)\n" }.joined()
    let hash = SHA256()
    hash.update([UInt8](lines.utf8))
    sha256 = try? hash.finished()
  }
}
