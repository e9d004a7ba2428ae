import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

/// Images and patches of three channels.
@Suite struct ColourTests {
  private let team = ThreadTeam(count: 2)

  @Test(arguments: DecodingTests.names)
  func `luminance is the weighted sum of the colours`(name: String) throws {
    for luminance in Luminance.allCases {
      let file = try reference(name)
      let grey = try Photographs([file], luminance: luminance).image(at: 0)
      let colour = try Photographs([file], colour: .rgb, luminance: luminance).image(at: 0)
      #expect(colour.channels == 3 && colour.size == grey.size)
      let planes = (0..<3).map { colour.channel($0).pixels }
      let sum = Luminance.weigh(planes[0], planes[1], planes[2])
      let worst = zip(sum, grey.pixels).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-6, "\(luminance): \(worst)")
      let isGrey = planes[0] == planes[1] && planes[1] == planes[2]
      #expect(name.contains("grey") ? isGrey : true)
    }
  }

  @Test func `a picture in colour is written and read`() throws {
    try withTemporaryFolder { folder in
      let image = try #require(ColourImages.images(1).first)
      for (name, tolerance) in [("a.png", Float(0.6 / 255)), ("a.npy", 0)] {
        let file = folder.appending(path: name)
        try image.write(to: file)
        let read = try RasterImage(contentsOf: file, colour: .rgb)
        let worst = zip(read.pixels, image.pixels).map { abs($0 - min(max($1, 0), 1)) }.max() ?? 1
        #expect(read.size == image.size && read.channels == 3 && worst <= tolerance, "\(worst)")
      }
    }
  }

  @Test func `orientation turns every channel`() throws {
    let image = try #require(ColourImages.images(1).first)
    let turned = Orientation.turnedRight.applied(to: image)
    for channel in 0..<3 {
      #expect(
        turned.channel(channel) == Orientation.turnedRight.applied(to: image.channel(channel)))
    }
  }

  @Test func `colours are found on any axis that they can have`() throws {
    try withTemporaryFolder { folder in
      let images = ColourImages.images(5)
      let side = 40
      let first = NumPyArray(shape: [5, 3, side, side], elements: images.flatMap(\.pixels))
      let last = NumPyArray(
        shape: [5, side, side, 3], elements: images.flatMap(ColourImages.interleaved))
      try first.write(to: folder.appending(path: "first.npy"))
      try last.write(to: folder.appending(path: "last.npy"))
      let area = 3 * side * side
      // MATLAB's [height, width, 3, N]: what varies slowest comes last.
      let matlab = (0..<area * 5).map { index in
        last.elements[index % 5 * area + index / 5]
      }
      try MATLABWriter.write(
        [("x", .numbers(matlab, shape: [side, side, 3, 5]))],
        to: folder.appending(path: "m.mat"))
      let rows = NumPyArray(shape: [5, area], elements: images.flatMap(\.pixels))
      try rows.write(to: folder.appending(path: "rows.npy"))
      // Python's axes in a MATLAB file.
      try MATLABWriter.write(
        [("x", .numbers(last.elements, shape: last.shape))], to: folder.appending(path: "p.mat"))
      for name in ["first.npy", "last.npy", "m.mat", "p.mat", "rows.npy"] {
        var reading = ArrayReading(.patches)
        reading.colour = .rgb
        let source = try DataSource.open(
          path: folder.appending(path: name).path, reading: reading)
        let read = try OpenedSource(source, as: PixelForm(colour: .rgb)).images
        #expect(read.count == 5)
        for index in 0..<5 {
          let image = try read.image(at: index)
          #expect(image == images[index], "\(name)")
        }
        let pixels = Preprocessing(
          DataConfiguration(in: .rgb), kind: .whole, patch: ImageSize(height: side, width: side))
        let reader = try ArrayRowReader(
          path: folder.appending(path: name).path,
          cutting: ArrayRowReader.Cutting(pixels, whitens: true))
        let elements = try reader.next(5)?.elements
        #expect(elements == rows.elements, "\(name)")
      }
    }
  }

  @Test func `what has no colours is refused`() throws {
    try withTemporaryFolder { folder in
      func problem(_ name: String, _ shape: [Int]) throws -> String {
        let file = folder.appending(path: name)
        let count = shape.reduce(1, *)
        try NumPyArray(shape: shape, elements: [Float](repeating: 0.5, count: count))
          .write(to: file)
        var reading = ArrayReading()
        reading.colour = .rgb
        return "\(try failure { _ = try DataSource.open(path: file.path, reading: reading) })"
      }
      #expect(try problem("grey.npy", [9, 20, 20]).contains("grey images go without --colour rgb"))
      #expect(
        try problem("alpha.npy", [9, 20, 20, 4]).contains("leave out the fourth, x[..., :3]"))
      #expect(try problem("rows.npy", [9, 100]).contains("rows of 3·height·width numbers"))
      var configuration = DataConfiguration(in: .rgb)
      configuration.patches = 100
      let leaves = try failure {
        _ = try DataSet(.synthetic(DeadLeaves()), configuration, team: team)
      }
      #expect("\(leaves)".contains("generated dead leaves are grey"))
      // Those who did not ask for colours are told how.
      let file = folder.appending(path: "colour.npy")
      try NumPyArray(shape: [9, 20, 20, 3], elements: [Float](repeating: 0, count: 10_800))
        .write(to: file)
      let grey = try failure { _ = try DataSource.open(path: file.path) }
      #expect("\(grey)".contains("--colour rgb"))
      // Nor is a picture taken for as many images as it has colours or rows.
      for shape in [[20, 24, 3], [3, 20, 24]] {
        try NumPyArray(shape: shape, elements: [Float](repeating: 0, count: 1440)).write(to: file)
        let reading = ArrayReading(.images)
        let one = try failure { _ = try DataSource.open(path: file.path, reading: reading) }
        #expect("\(one)".contains("looks like one picture"))
        var known = reading
        known.imageAxis = .first
        let images = try OpenedSource(
          DataSource.open(path: file.path, reading: known), as: PixelForm()
        ).images
        #expect(images.count == shape[0])
      }
    }
  }

  @Test func `configurations of a time without colours are grey`() throws {
    var old = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(DataConfiguration()))
        as? [String: Any])
    #expect(old.removeValue(forKey: "colour") != nil)
    let data = try JSONSerialization.data(withJSONObject: old)
    #expect(try JSONDecoder().decode(DataConfiguration.self, from: data) == DataConfiguration())
  }
}
