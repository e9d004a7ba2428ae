import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

/// Images that are flat, or on another scale than the others.
@Suite struct ContrastTests {
  /// Ten images of 40 × 40 pixels, as .npy, the images at some places changed.
  private func check(
    _ change: [Int: (Float) -> Float], skipsUnreadable: Bool = false
  ) throws -> DataCheck {
    var leaves = DeadLeaves()
    (leaves.count, leaves.size) = (10, 40)
    let elements = (0..<leaves.count).flatMap { index in
      leaves.image(at: index).pixels.map { change[index]?($0) ?? $0 }
    }
    return try withTemporaryFolder { folder in
      let file = folder.appending(path: "images.npy")
      try NumPyArray(shape: [10, 40, 40], elements: elements).write(to: file)
      var configuration = DataConfiguration.defaults(for: .cut)
      (configuration.patchSize, configuration.patches) = (8, 1000)
      configuration.skipsUnreadable = skipsUnreadable
      let source = try DataSource.open(path: file.path, reading: ArrayReading(.images))
      return try DataSet(source, configuration, team: ThreadTeam(count: 2)).check
    }
  }

  @Test func `flat images are left out and listed, wherever they fall`() throws {
    #expect(try check([:]).leftOut.isEmpty)
    for flat in 0..<10 {
      let check = try check([flat: { _ in 0.5 }, (flat + 3) % 10: { $0 * 0.001 }])
      #expect(check.images.reduce(0, +) == 8)
      #expect(check.leftOut.count == 2)
      for place in [flat, (flat + 3) % 10] {
        #expect(check.leftOut.contains { $0.contains("image \(place):") }, "\(check.leftOut)")
      }
      #expect(check.leftOut.contains { $0.contains("it is flat") })
    }
  }

  @Test func `an image on a larger scale is named, not the others, wherever it falls`() throws {
    for odd in 0..<10 {
      let error = try failure { _ = try check([odd: { $0 * 255 }]) }
      #expect(
        error.description.contains("image \(odd): its values vary")
          && error.description.contains("--skip-unreadable"), "\(error)")
      let lenient = try check([odd: { $0 * 255 }], skipsUnreadable: true)
      #expect(lenient.leftOut.count == 1 && lenient.leftOut[0].contains("image \(odd):"))
      #expect(lenient.images.reduce(0, +) == 9)
    }
  }

  @Test func `where too few images are left, the error says which were left out`() throws {
    let flat = Dictionary(uniqueKeysWithValues: (2..<10).map { ($0, { (_: Float) in Float(1) }) })
    let error = try failure { _ = try check(flat) }
    #expect(error.description.contains("left out were"), "\(error)")
  }
}
