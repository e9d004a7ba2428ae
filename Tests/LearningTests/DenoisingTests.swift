import Compute
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import ImageData
@testable import Learning

@Suite(.serialized) struct DenoisingTests {
  private static func noisy(_ image: RasterImage, _ sigma: Double) -> RasterImage {
    var random = RandomStream(seed: 5, purpose: .evaluation)
    var noisy = image
    noisy.pixels = image.pixels.map { $0 + Float(sigma * random.normal()) }
    return noisy
  }

  @Test(arguments: Whitening.allCases)
  func `a picture comes out closer to the clean one, and the same on any number of threads`(
    _ whitening: Whitening
  ) throws {
    try withTemporaryFolder { folder in
      var run = SmallRun()
      run.configuration.data.preparation.whitening = whitening
      run.configuration.training.epochs = 10
      let trained = try TrainedRun<SparseVAEConfiguration>(
        run.train(at: folder.appending(path: "a")))
      var leaves = DeadLeaves()
      (leaves.count, leaves.size, leaves.seed) = (1, 64, 9)
      (leaves.smallestRadius, leaves.largestRadius) = (4, 24)
      let clean = leaves.image(at: 0)
      let noisy = Self.noisy(clean, 0.1)
      let before = clean.peakSignalToNoise(against: noisy)
      #expect(abs(before - 20) < 0.3)
      #expect(abs(noisy.estimatedNoise - 0.1) < 0.02)
      let results = try [1, 2].map { threads in
        let team = ThreadTeam(count: threads)
        return try ImageDenoiser(trained, noise: 0.1, stride: 2, team: team).denoised(noisy).image
      }
      #expect(results[0] == results[1])
      let after = clean.peakSignalToNoise(against: results[0])
      #expect(after > before + 1, "\(whitening): \(after) dB")
      // Next to no noise leaves the picture next to as it was.
      let team = ThreadTeam(count: 1)
      let still = try ImageDenoiser(trained, noise: 1e-3, stride: 4, team: team)
        .denoised(clean).image
      #expect(clean.peakSignalToNoise(against: still) > 40, "\(whitening)")
    }
  }

  @Test func `the noise of a filtered patch has the covariance that is computed`() {
    var preprocessing = Preprocessing(
      kind: .cut, patchHeight: 4, patchWidth: 4, luminance: .gamma, whitening: .olshausenField,
      cutoff: 0.4, border: 0, removesPatchMean: true, scale: 2)
    preprocessing.mean = nil
    let covariance = preprocessing.noiseCovariance()
    let size = 256
    let noise = Self.noisy(
      RasterImage(height: size, width: size, pixels: [Float](repeating: 0, count: size * size)), 1)
    let filtered = preprocessing.whitened(noise)
    var sums = [Double](repeating: 0, count: 256)
    var count = 0.0
    for y in stride(from: 8, to: size - 12, by: 3) {
      for x in stride(from: 8, to: size - 12, by: 3) {
        var patch = Matrix(rows: 1, columns: 16)
        for i in 0..<16 { patch[0, i] = filtered[y + i / 4, x + i % 4] }
        preprocessing.apply(to: &patch)
        for i in 0..<16 {
          for j in 0..<16 { sums[i * 16 + j] += Double(patch[0, i]) * Double(patch[0, j]) }
        }
        count += 1
      }
    }
    let largest = covariance.map { abs($0) }.max() ?? 0
    for index in sums.indices {
      #expect(abs(sums[index] / count - covariance[index]) < 0.08 * largest, "\(index)")
    }
  }

  @Test func `a picture smaller than a patch, or a model of linear light, is an error`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let trained = try TrainedRun<SparseVAEConfiguration>(
        run.train(at: folder.appending(path: "a")))
      let team = ThreadTeam(count: 1)
      let denoiser = try ImageDenoiser(trained, noise: 0.1, team: team)
      let small = RasterImage(height: 4, width: 4, pixels: [Float](repeating: 0, count: 16))
      let error = #expect(throws: RunError.self) { try denoiser.denoised(small) }
      #expect(error?.description.contains("patches are of 8 × 8") == true)
    }
  }
}
