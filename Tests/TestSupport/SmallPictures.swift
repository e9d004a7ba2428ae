import Compute
import Foundation

/// Pictures that are read and whitened in no time: for tests that need some, but none in particular.
public enum SmallPictures {
  /// Twelve of 64 × 64 pixels, discs that hide one another: an array in a .npy file, written once.
  public static let file: URL = {
    let side = 64
    let pixels = (0..<12).flatMap { picture in
      var random = RandomStream(seed: 1, purpose: .syntheticImages, step: picture)
      let discs = (0..<60).map { _ in
        (
          x: random.uniform(0, 64), y: random.uniform(0, 64), radius: random.uniform(4, 16),
          level: Float(random.uniform())
        )
      }
      return (0..<side * side).map { pixel in
        let (x, y) = (Double(pixel % side), Double(pixel / side))
        return discs.first { hypot($0.x - x, $0.y - y) < $0.radius }?.level ?? 0.5
      }
    }
    let file = FileManager.default.temporaryDirectory
      .appending(path: "svae-pictures-\(UUID().uuidString).npy")
    // Where this fails, the tests that read the file say so.
    try? npy([12, side, side], pixels).write(to: file)
    atexit { try? FileManager.default.removeItem(at: SmallPictures.file) }
    return file
  }()
}

/// A .npy file, little-endian.
public func npy(_ shape: [Int], _ elements: [Float]) -> Data {
  var header = "{'descr': '<f4', 'fortran_order': False, 'shape': ("
  header += shape.map { "\($0)," }.joined(separator: " ") + "), }"
  header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
  var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]) + Data(header.utf8)
  for element in elements {
    withUnsafeBytes(of: element.bitPattern.littleEndian) { data.append(contentsOf: $0) }
  }
  return data
}
