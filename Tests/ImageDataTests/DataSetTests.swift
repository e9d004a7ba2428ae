import Compute
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct DataSetTests {
  private let team = ThreadTeam(count: 2)

  private func small() -> (DataSource, DataConfiguration) {
    var leaves = DeadLeaves()
    (leaves.count, leaves.size) = (10, 64)
    var configuration = DataConfiguration()
    configuration.patches = 2000
    return (.synthetic(leaves), configuration)
  }

  @Test(arguments: Whitening.allCases)
  func `training pixels have mean 0 and variance 1`(whitening: Whitening) throws {
    var (source, configuration) = small()
    configuration.whitening = whitening
    let data = try DataSet(source, configuration, team: team)
    #expect(data.train.rows == 2000)
    #expect(data.validation.rows == 250)
    #expect(data.test.rows == 250)
    #expect(data.train.columns == 144)
    let statistics = PatchStatistics(of: data.train)
    #expect(abs(statistics.pixelVariance - 1) < 1e-4)
    #expect(abs(statistics.pixelMean) < 1e-3)
    if whitening == .none || whitening == .olshausenField {
      for row in 0..<data.train.rows {
        #expect(abs(data.train.row(row).reduce(0, +)) < 1e-3)
      }
    }
  }

  @Test func `no image is in two splits, and every image is in one`() throws {
    let (source, configuration) = small()
    let split = try DataSet(source, configuration, team: team).split
    #expect((split.training + split.validation + split.test).sorted() == Array(0..<10))
    #expect((split.training.count, split.validation.count, split.test.count) == (8, 1, 1))
  }

  /// Every image has one grey level of its own, so a patch tells where it is from.
  @Test func `patches come from the images of their split`() throws {
    let images = (0..<10).map { index in
      RasterImage(height: 20, width: 20, pixels: Array(repeating: Float(index), count: 400))
    }
    let split = try ImageSplit(
      Array(0..<10), testImages: nil, configuration: DataConfiguration())
    let sampler = PatchSampler(
      patchHeight: 5, patchWidth: 4, removesPatchMean: false, seed: 1)
    for indices in [split.training, split.validation, split.test] {
      let patches = try sampler.patches(
        of: ImageList(indices.map { images[$0] }), count: 160, team: team)
      #expect(Set(patches.elements) == Set(indices.map { Float($0) }))
    }
  }

  @Test func `patches do not depend on the number of threads`() throws {
    var (source, configuration) = small()
    configuration.rejectsVarianceBelow = 0.1
    let one = try DataSet(source, configuration, team: ThreadTeam(count: 1))
    for threads in [2, 3] {
      let many = try DataSet(source, configuration, team: ThreadTeam(count: threads))
      #expect(many.train == one.train)
      #expect(many.validation == one.validation)
      #expect(many.test == one.test)
      #expect(many.preprocessing == one.preprocessing)
    }
  }

  @Test func `no patch is dull where dull patches are rejected`() throws {
    var (source, configuration) = small()
    configuration.whitening = Whitening.none
    let all = try DataSet(source, configuration, team: team)
    configuration.rejectsVarianceBelow = 0.1
    let some = try DataSet(source, configuration, team: team)
    let threshold = try #require(some.preprocessing.smallestVariance)
    let scale = Double(some.preprocessing.scale)
    let variances = PatchStatistics(of: some.train).patchVariances
    #expect(variances.allSatisfy { $0 > 0.999 * threshold * scale * scale })
    #expect(all.check.dullShare > 0.1)
  }

  @Test func `numbers of patches follow the area and add up`() {
    let sampler = PatchSampler(patchHeight: 3, patchWidth: 3, border: 1, seed: 1)
    let sizes = [(14, 14), (24, 14), (4, 40), (9, 9)].map { ImageSize(height: $0.0, width: $0.1) }
    #expect(sizes.map(sampler.positions) == [100, 200, 0, 25])
    #expect(sampler.counts(for: sizes, total: 650) == [200, 400, 0, 50])
    for total in [1, 7, 100] {
      #expect(sampler.counts(for: sizes, total: total).reduce(0, +) == total)
    }
  }

  @Test func `patches of new data equal the test patches of the run`() throws {
    var stream = RandomStream(seed: 1, purpose: .initialization)
    try withTemporaryFolder { folder in
      func write(_ name: String, _ count: Int) throws {
        let payload = (0..<count * 16).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
        try idx(dimensions: [UInt32(count), 4, 4], payload: payload)
          .write(to: folder.appending(path: name))
      }
      try write("train-images-idx3-ubyte", 20)
      try write("t10k-images-idx3-ubyte", 5)
      try idx(dimensions: [20], payload: Array(repeating: 1, count: 20))
        .write(to: folder.appending(path: "train-labels-idx1-ubyte"))
      let source = try DataSource.open(path: folder.path)
      let data = try DataSet(source, team: team)
      #expect((data.train.rows, data.validation.rows, data.test.rows) == (18, 2, 5))
      #expect(data.configuration.whitening == Whitening.none)
      #expect((data.patchHeight, data.patchWidth) == (4, 4))
      #expect(data.split.test == Array(20..<25))
      let again = try data.preprocessing.patches(from: source, count: 100, team: team)
      #expect(again == data.test)
    }
  }

  @Test func `an image too flat for the smallest variance is an error`() throws {
    let flat = ImageList([
      RasterImage(height: 20, width: 20, pixels: Array(repeating: 0.5, count: 400))
    ])
    let sampler = PatchSampler(patchHeight: 5, patchWidth: 5, smallestVariance: 0.1, seed: 1)
    let error = try failure { _ = try sampler.patches(of: flat, count: 10, team: team) }
    #expect(error.description.contains("variance"))
  }

  @Test func `constant images are refused: there is nothing to learn`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "images")
      try idx(dimensions: [10, 3, 3], payload: Array(repeating: 9, count: 90)).write(to: file)
      for whitening in Whitening.allCases {
        var configuration = DataConfiguration()
        configuration.whitening = whitening
        let error = try failure {
          _ = try DataSet(DataSource.open(path: file.path), configuration, team: team)
        }
        #expect(error.description.contains("all patches are constant"), "\(whitening): \(error)")
      }
    }
  }

  @Test func `patches that differ are not called constant`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "images")
      let picture: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 90]
      for (count, words) in [
        (3, "only one training patch"), (10, "8 training patches are the same"),
      ] {
        let payload = (0..<count).flatMap { _ in picture }
        try idx(dimensions: [UInt32(count), 3, 3], payload: payload).write(to: file)
        let error = try failure {
          _ = try DataSet(DataSource.open(path: file.path), DataConfiguration(), team: team)
        }
        #expect(error.description.contains(words), "\(error)")
      }
    }
  }

  @Test func `settings out of range are named`() throws {
    func fails(_ word: String, _ change: (inout DataConfiguration) -> Void) throws {
      var (source, configuration) = small()
      change(&configuration)
      let error = try failure { _ = try DataSet(source, configuration, team: team) }
      #expect(error.description.contains(word), "\(error)")
    }
    try fails("data.patchSize is 1; expected from 4") { $0.patchSize = 1 }
    try fails("data.patches is 0; expected from 1") { $0.patches = 0 }
    try fails("data.cutoff is 0; expected more than 0") { $0.cutoff = 0 }
    try fails("data.cutoff is .nan; expected more than 0") { $0.cutoff = .nan }
    try fails("data.epsilon is -1; expected 0 or more") { $0.epsilon = -1 }
    try fails("data.border is -1; expected from 0") { $0.border = -1 }
    try fails("less than 1 in sum") { ($0.validationFraction, $0.testFraction) = (0.5, 0.5) }
    try fails("need 208 × 208") { $0.patchSize = 200 }
  }

  @Test func `the check speaks up about what looks wrong`() throws {
    let (source, configuration) = small()
    var check = try DataSet(source, configuration, team: team).check
    #expect(check.description.contains("2,000 training, 250 validation, 250 test"))
    check.pixelDeviation = 0.5
    check.dullShare = 0.8
    check.meanRatio = 0.5
    check.leftOut = ["a.jpg: is empty"]
    let text = check.warnings.joined(separator: "\n")
    #expect(text.contains("The pixel variance is 0.250, not 1"))
    #expect(text.contains("80 % of the patches are dull"))
    #expect(text.contains("The mean patch has 0.500"))
    #expect(text.contains("1 image was left out: a.jpg: is empty"))
  }
}
