import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite(RealData.needed)
struct RealDataTests {
  private let team = ThreadTeam(count: 2)

  @Test func `MNIST has 60,000 and 10,000 digits of known brightness`() throws {
    let folder = try #require(RealData.folder).appending(path: "mnist")
    let data = try DataSet(DataSource.open(path: folder.path), team: team)
    #expect((data.train.rows, data.validation.rows, data.test.rows) == (54_000, 6_000, 10_000))
    #expect((data.patchHeight, data.patchWidth) == (28, 28))
    #expect(abs(PatchStatistics(of: data.train).pixelVariance - 1) < 1e-4)
    // The mean of MNIST's training pixels is 0.1307, as published by everyone.
    let mean = try #require(data.preprocessing.mean)
    let average = mean.reduce(0, +) / 784
    #expect(abs(average - 0.1307) < 0.0005)
    let original = data.preprocessing.restored(data.test.selectingRows([0]))
    #expect(original.elements.allSatisfy { (-1e-4...1.0001).contains($0) })
  }

  @Test func `photographs become patches with unit variance`() throws {
    let folder = try #require(RealData.folder).appending(path: "bsds500/train")
    let data = try DataSet(DataSource.open(path: folder.path), team: team)
    #expect(data.train.rows == 65_536)
    #expect(abs(PatchStatistics(of: data.train).pixelVariance - 1) < 1e-4)
    #expect(data.check.warnings.isEmpty, "\(data.check)")
  }
}
