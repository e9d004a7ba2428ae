import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

/// Patches of three channels, whitened.
@Suite struct ColourWhiteningTests {
  private let team = ThreadTeam(count: 2)

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
      let images = ColourImages.images(20)
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
      try NumPyArray(shape: [20, 3, 40, 40], elements: ColourImages.images(20).flatMap(\.pixels))
        .write(to: folder.appending(path: "x.npy"))
      let preprocessing = try dataSet(whitening, in: folder).preprocessing
      var random = RandomStream(seed: 9, purpose: .evaluation)
      let side = 192
      let noise = RasterImage(
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
      let patches = ColourImages.images(3000, side: 6)
      let isFirst = name == "first.npy"
      try NumPyArray(
        shape: isFirst ? [3000, 3, 6, 6] : [3000, 6, 6, 3],
        elements: patches.flatMap { isFirst ? $0.pixels : ColourImages.interleaved($0) }
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
      let grey = ColourImages.images(12).map { image in
        RasterImage(channels: Array(repeating: image.channel(0), count: 3))
      }
      try NumPyArray(shape: [12, 3, 40, 40], elements: grey.flatMap(\.pixels))
        .write(to: folder.appending(path: "x.npy"))
      let data = try dataSet(.olshausenField, in: folder)
      #expect(data.check.lacksColours)
      #expect(data.check.warnings.contains { $0.contains("have no colours") })
      #expect(data.train.elements.allSatisfy { $0.isFinite })
    }
  }
}

/// Images for these tests.
enum ColourImages {
  /// Images whose channels vary together: a slow field that all share, and a weaker one each.
  static func images(_ count: Int, side: Int = 40, seed: UInt64 = 3) -> [RasterImage] {
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
      return RasterImage(height: side, width: side, channels: 3, pixels: pixels)
    }
  }

  /// The three planes of one pixel after the other.
  static func interleaved(_ image: RasterImage) -> [Float] {
    let area = image.size.area
    return (0..<area).flatMap { pixel in (0..<3).map { image.pixels[$0 * area + pixel] } }
  }
}

extension DataConfiguration {
  /// The defaults, in colour or not.
  init(in colour: ColourMode) {
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
