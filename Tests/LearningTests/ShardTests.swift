import Compute
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import ImageData
@testable import Learning

/// Training on patches that stay on disk.
@Suite(.serialized) struct ShardTests {
  /// Patches with some structure: 12,000 rows of 64 numbers, 3 MB.
  private func write(_ rows: Int = 12_000, to file: URL) throws {
    var random = RandomStream(seed: 3, purpose: .evaluation)
    let patches = Matrix(
      rows: rows, columns: 64,
      elements: (0..<rows * 64).map { index in
        let noise: Float = index % 64 < 32 ? 1 : 0.2
        return noise * Float(random.normal()) + Float(index / 64) / Float(rows)
      })
    try NumPyArray(patches).write(to: file)
  }

  private func configuration(_ file: URL) -> SparseVAEConfiguration {
    var run = SmallRun()
    run.configuration.data.source = file.path
    run.configuration.data.preparation.patches = 1_000_000
    run.configuration.data.preparation.memory = 1
    run.configuration.training.epochs = 2
    return run.configuration
  }

  /// The data of the configuration; without a file, small generated images.
  private func data(_ configuration: SparseVAEConfiguration, _ team: ThreadTeam) throws -> DataSet {
    let source =
      configuration.data.source == nil ? Self.leaves : try configuration.data.open()
    return try DataSet(source, configuration.data.preparation, team: team)
  }

  private static let leaves: DataSource = {
    var leaves = DeadLeaves()
    (leaves.count, leaves.size) = (20, 96)
    (leaves.smallestRadius, leaves.largestRadius) = (4, 24)
    return .synthetic(leaves)
  }()

  @Test(arguments: [true, false])
  func `a run from disk is the same on any number of threads, and across a resume`(
    isArray: Bool
  ) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      if isArray { try write(to: file) }
      var configuration = configuration(file)
      if !isArray {
        configuration.data.source = nil
        configuration.data.preparation.patches = 6000
      }
      func train(_ name: String, threads: Int, stopAfter steps: Int = .max) throws -> RunFolder {
        let team = ThreadTeam(count: threads)
        let run = try Run(
          new: configuration, at: folder.appending(path: name), data: data(configuration, team),
          team: team)
        var observer = Run<SparseVAEConfiguration>.Observer()
        observer.step = { done, _ in done < steps }
        _ = try run.run(observer)
        return run.folder
      }
      let whole = try train("whole", threads: 1)
      let other = try train("other", threads: 2)
      let parts = try train("parts", threads: 2, stopAfter: 37)
      let team = ThreadTeam(count: 1)
      let saved = try parts.configuration(of: SparseVAEConfiguration.self)
      let resumed = try Run(resuming: parts, saved, data: data(saved, team), team: team)
      _ = try resumed.run()
      for run in [other, parts] {
        #expect(try Data(contentsOf: run.modelFile) == Data(contentsOf: whole.modelFile))
      }
    }
  }

  @Test func `an epoch meets every patch of every shard, in an order of its own`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      try write(to: file)
      let team = ThreadTeam(count: 1)
      let prepared = try data(configuration(file), team)
      let shards = try #require(prepared.shards)
      #expect(shards.counts.count > 4)
      #expect(shards.counts.reduce(0, +) + 2 * 1280 > 11_000)
      // No patch is in two shards, or held out.
      var seen: Set<[Float]> = []
      var count = 0
      for index in shards.counts.indices {
        let patches = try shards.shard(index)
        #expect(patches.rows == shards.counts[index])
        #expect(patches.elements.count * 4 <= 1 << 20)
        for row in 0..<patches.rows { seen.insert(Array(patches.row(row))) }
        count += patches.rows
      }
      #expect(seen.count == count)
      let test = Set((0..<prepared.test.rows).map { Array(prepared.test.row($0)) })
      #expect(seen.isDisjoint(with: test))
      #expect(prepared.supply.count == count)
    }
  }

  @Test func `with a budget that holds all, nothing changes`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      try write(2000, to: file)
      let team = ThreadTeam(count: 1)
      var small = configuration(file)
      let first = try data(small, team)
      small.data.preparation.memory = nil
      #expect(first.shards == nil)
      #expect(try data(small, team).train == first.train)
    }
  }

  @Test func `patches of images come in shards too, each with positions of its own`() throws {
    let team = ThreadTeam(count: 2)
    var generated = configuration(URL(filePath: "none"))
    generated.data.source = nil
    generated.data.preparation.patches = 12_000
    let prepared = try data(generated, team)
    let shards = try #require(prepared.shards)
    #expect(shards.counts.count > 4 && shards.counts.reduce(0, +) == 12_000)
    #expect(prepared.check.patches[0] == 12_000)
    #expect(try shards.shard(0) == prepared.train)
    #expect(prepared.test.rows == 1500)
    let second = try shards.shard(1)
    #expect(try shards.shard(1) == second)
    #expect(try data(generated, ThreadTeam(count: 1)).shards?.shard(1) == second)
    #expect(second.elements.count * 4 <= 1 << 20)
    let first = Set((0..<prepared.train.rows).map { Array(prepared.train.row($0)) })
    let shared = (0..<second.rows).count { first.contains(Array(second.row($0))) }
    #expect(Double(shared) < 0.1 * Double(second.rows))
    // The first shard's scale holds for all.
    let power = second.elements.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(power / Double(second.elements.count) - 1) < 0.2)
  }

  @Test func `every image has its share over all shards`() {
    let sampler = PatchSampler(patchHeight: 8, patchWidth: 8, seed: 1)
    let sizes = (0..<100).map { ImageSize(height: 20 + $0, width: 30) }
    var random = RandomStream(seed: 2, purpose: .evaluation)
    var sums = [Int](repeating: 0, count: sizes.count)
    // Fewer patches than images: only many shards reach them all.
    for _ in 0..<1000 {
      let counts = sampler.counts(for: sizes, total: 40, start: random.uniform())
      #expect(counts.reduce(0, +) == 40 && counts.allSatisfy { $0 >= 0 })
      for (index, count) in counts.enumerated() { sums[index] += count }
    }
    let all = sampler.counts(for: sizes, total: 40_000)
    for (sum, share) in zip(sums, all) { #expect(abs(sum - share) < 100, "\(sum), \(share)") }
  }

  @Test func `a row of a later shard that is not finite is known before training`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      try write(to: file)
      let reader = try ArrayRowReader(path: file.path)
      var numbers = try #require(try reader.next(12_000))
      numbers.elements[11_000 * 64 + 3] = .nan
      let packed = folder.appending(path: "x.npz")
      try NPZ().write(
        [("x", NumPyArray(shape: [12_000, 64], elements: numbers.elements))], to: packed)
      let error = #expect(throws: ImageDataError.self) {
        try data(configuration(packed), ThreadTeam(count: 1))
      }
      #expect(error?.description.contains("nan") == true, "\(error as Any)")
    }
  }

  @Test(arguments: ["x.npz", "x.mat"])
  func `packed arrays come in shards too, each row in one`(name: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      try write(to: file)
      let packed = folder.appending(path: name)
      let writer = try ArrayRowWriter(path: packed.path, name: "x", rowShape: [64], rows: 12_000)
      let reader = try ArrayRowReader(path: file.path)
      while let rows = try reader.next(5000) { try writer.append(rows) }
      try writer.finish()
      let prepared = try data(configuration(packed), ThreadTeam(count: 2))
      let shards = try #require(prepared.shards)
      #expect(shards.counts.count > 4)
      var seen: Set<[Float]> = []
      for index in shards.counts.indices {
        let patches = try shards.shard(index)
        for row in 0..<patches.rows { seen.insert(Array(patches.row(row))) }
      }
      for held in [prepared.validation, prepared.test] {
        for row in 0..<held.rows { seen.insert(Array(held.row(row))) }
      }
      #expect(seen.count > 11_000)
      #expect(
        seen.count == shards.counts.reduce(0, +) + prepared.validation.rows
          + prepared.test.rows)
    }
  }

  @Test func `a number that is not finite is named by its row`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      try write(to: file)
      var bytes = try Data(contentsOf: file)
      bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
      try bytes.write(to: file)
      let damaged = #expect(throws: ImageDataError.self) {
        let prepared = try data(configuration(file), ThreadTeam(count: 1))
        for index in prepared.shards?.counts.indices ?? 0..<0 {
          _ = try prepared.shards?.shard(index)
        }
      }
      #expect(damaged?.description.contains("row 11999 holds nan") == true, "\(damaged as Any)")
    }
  }
}
