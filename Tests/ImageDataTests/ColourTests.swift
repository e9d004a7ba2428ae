import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

/// Images and patches of three channels.
@Suite struct ColourTests {
  private let team = ThreadTeam(count: 2)

  /// Images whose channels vary together: a slow field that all share, and a weaker one each.
  private func images(_ count: Int, side: Int = 40, seed: UInt64 = 3) -> [GrayImage] {
    (0..<count).map { number in
      var stream = RandomStream(seed: seed, purpose: .syntheticImages, step: number)
      let area = side * side
      var fields = (0..<4).map { _ in
        (0..<area).map { _ in Float(stream.normal()) }
      }
      for field in fields.indices {
        for index in 1..<area { fields[field][index] += 0.9 * fields[field][index - 1] }
      }
      let (weights, own): ([Float], [Float]) = ([0.05, 0.06, 0.04], [0.01, 0.005, 0.02])
      var pixels: [Float] = []
      for channel in 0..<3 {
        for index in 0..<area {
          pixels.append(
            0.5 + weights[channel] * fields[3][index] + own[channel] * fields[channel][index])
        }
      }
      return GrayImage(height: side, width: side, channels: 3, pixels: pixels)
    }
  }

  /// The three planes of one pixel after the other.
  private func interleaved(_ image: GrayImage) -> [Float] {
    let area = image.size.area
    return (0..<area).flatMap { pixel in (0..<3).map { image.pixels[$0 * area + pixel] } }
  }

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
      let image = try #require(images(1).first)
      for (name, tolerance) in [("a.png", Float(0.6 / 255)), ("a.npy", 0)] {
        let file = folder.appending(path: name)
        try image.write(to: file)
        let read = try GrayImage(contentsOf: file, colour: .rgb)
        let worst = zip(read.pixels, image.pixels).map { abs($0 - min(max($1, 0), 1)) }.max() ?? 1
        #expect(read.size == image.size && read.channels == 3 && worst <= tolerance, "\(worst)")
      }
    }
  }

  @Test func `orientation turns every channel`() throws {
    let image = try #require(images(1).first)
    let turned = Orientation.turnedRight.applied(to: image)
    for channel in 0..<3 {
      #expect(
        turned.channel(channel) == Orientation.turnedRight.applied(to: image.channel(channel)))
    }
  }

  @Test func `colours are found on any axis that they can have`() throws {
    try withTemporaryFolder { folder in
      let images = images(5)
      let side = 40
      let first = NumPyArray(shape: [5, 3, side, side], elements: images.flatMap(\.pixels))
      let last = NumPyArray(shape: [5, side, side, 3], elements: images.flatMap(interleaved))
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
      for name in ["first.npy", "last.npy", "m.mat", "rows.npy"] {
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
    }
  }

  private func dataSet(
    _ whitening: Whitening, memory: Int? = nil, file: String = "x.npy",
    kind: ArrayMeaning = .images,
    in folder: URL
  ) throws -> DataSet {
    var configuration = DataConfiguration(in: .rgb)
    configuration.patchSize = 6
    configuration.patches = 3000
    configuration.whitening = whitening
    configuration.arrays = kind
    configuration.memory = memory
    configuration.epsilon = 1e-4
    let source = try DataSource.open(
      path: folder.appending(path: file).path, reading: configuration.reading)
    return try DataSet(source, configuration, keepsRaw: true, team: team)
  }

  @Test(arguments: [Whitening.olshausenField, .pca, .zca])
  func `channels are whitened, and taken back`(whitening: Whitening) throws {
    try withTemporaryFolder { folder in
      let images = images(20)
      try NumPyArray(shape: [20, 3, 40, 40], elements: images.flatMap(\.pixels))
        .write(to: folder.appending(path: "x.npy"))
      let data = try dataSet(whitening, in: folder)
      #expect(data.preprocessing.pixels == 108 && data.train.columns == 108)
      if whitening != .pca {
        // Channels as they are drawn: uncorrelated, and of one variance.
        let channels = covarianceMatrix(of: ColourTreatment.pixels(of: data.train))
        for a in 0..<3 {
          for b in 0..<3 {
            #expect(abs(channels[3 * a + b] - (a == b ? 1 : 0)) < 0.05, "\(channels)")
          }
        }
      }
      let raw = try #require(data.raw?.train)
      if whitening == .olshausenField {
        // A patch keeps no mean in any channel.
        for start in stride(from: 0, to: data.train.elements.count, by: 36) {
          let sum = data.train.elements[start..<start + 36].reduce(0, +)
          #expect(abs(sum) < 1e-3)
        }
      } else {
        let restored = data.preprocessing.restored(data.train)
        var centred = raw
        removePatchMeans(&centred, channels: 3)
        let worst = zip(restored.elements, centred.elements).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-3, "\(worst)")
      }
      var treated = raw
      if whitening != .olshausenField {
        data.preprocessing.apply(to: &treated)
        let worst = zip(treated.elements, data.train.elements).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-4, "\(worst)")
      }
      #expect(!data.check.lacksColours)
    }
  }

  /// White noise as an image, treated, against the covariance in closed form.
  @Test(arguments: [Whitening.olshausenField, .zca])
  func `the noise's covariance is that of treated noise`(whitening: Whitening) throws {
    try withTemporaryFolder { folder in
      try NumPyArray(shape: [20, 3, 40, 40], elements: images(20).flatMap(\.pixels))
        .write(to: folder.appending(path: "x.npy"))
      let preprocessing = try dataSet(whitening, in: folder).preprocessing
      var random = RandomStream(seed: 9, purpose: .evaluation)
      let side = 192
      let noise = GrayImage(
        height: side, width: side, channels: 3,
        pixels: (0..<3 * side * side).map { _ in Float(random.normal()) })
      let sampler = PatchSampler.colours(6, seed: 2)
      var patches = try sampler.patches(
        of: ImageList([preprocessing.whitened(noise)]), count: 20_000, team: team)
      var linear = preprocessing
      linear.mean = nil
      linear.apply(to: &patches)
      let measured = covarianceMatrix(of: patches)
      let expected = preprocessing.noiseCovariance()
      let scale = expected.map(abs).max() ?? 1
      let worst = zip(measured, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 0.06 * scale, "\(worst / scale)")
    }
  }

  @Test(arguments: ["first.npy", "last.npy"])
  func `patches that stream from a file are those in memory`(name: String) throws {
    try withTemporaryFolder { folder in
      let patches = images(3000, side: 6)
      let isFirst = name == "first.npy"
      try NumPyArray(
        shape: isFirst ? [3000, 3, 6, 6] : [3000, 6, 6, 3],
        elements: patches.flatMap { isFirst ? $0.pixels : interleaved($0) }
      ).write(to: folder.appending(path: name))
      let data = try dataSet(.zca, memory: 1, file: name, kind: .patches, in: folder)
      let known = Set(patches.map(\.pixels))
      let raw = try #require(data.raw?.train)
      #expect(data.train.columns == 108)
      #expect((0..<50).allSatisfy { known.contains(Array(raw.row($0))) })
    }
  }

  @Test func `grey pictures taken as colours are remarked on`() throws {
    try withTemporaryFolder { folder in
      let grey = images(12).map { image in
        GrayImage(channels: Array(repeating: image.channel(0), count: 3))
      }
      try NumPyArray(shape: [12, 3, 40, 40], elements: grey.flatMap(\.pixels))
        .write(to: folder.appending(path: "x.npy"))
      let data = try dataSet(.olshausenField, in: folder)
      #expect(data.check.lacksColours)
      #expect(data.check.warnings.contains { $0.contains("have no colours") })
      #expect(data.train.elements.allSatisfy { $0.isFinite })
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

extension DataConfiguration {
  /// The defaults, in colour or not.
  fileprivate init(in colour: ColourMode) {
    self.init()
    self.colour = colour
  }
}

extension PatchSampler {
  fileprivate static func colours(_ side: Int, seed: UInt64) -> PatchSampler {
    var sampler = PatchSampler(
      patchHeight: side, patchWidth: side, border: 16, removesPatchMean: false, seed: seed)
    sampler.channels = 3
    return sampler
  }
}
