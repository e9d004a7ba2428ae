import Compute
import Files
import Foundation
import ImageData
import LatentVariableModels

/// The progress of a measurement of −log p(x), kept in a file so that an interrupted one resumes to the
/// same bits.
struct LikelihoodState {
  /// What was found of one patch.
  struct Patch: Codable, Hashable {
    var logLikelihood: Double
    var effectiveSampleSize: Double?
    var acceptance: Double?
  }

  /// Patches that are done, in order.
  var patches: [Patch] = []
  /// Upper − lower bound of the simulated patches that are done.
  var gaps: [Double] = []
  /// Where it is kept; nil keeps it nowhere.
  private let file: URL?
  private let key: String
  private var saved = ContinuousClock.now
  /// Told once where the state cannot be written.
  private var notice: (String) -> Void

  /// A state that is not kept.
  init() { (file, key, notice) = (nil, "", { _ in }) }

  /// The state of this measurement in a run's folder: what was left there, or nothing yet.
  ///
  /// - Parameter notice: told that it goes on, or that what was left is damaged.
  init(
    of estimation: LikelihoodEstimation, _ model: SparseVAE, on shown: Matrix, in folder: RunFolder,
    notice: @escaping (String) -> Void
  ) throws {
    key = try Self.key(estimation, model, shown)
    let file = folder.url.appending(path: "likelihood-\(key.prefix(12)).partial.json")
    (self.file, self.notice) = (file, notice)
    guard let data = try? Data(contentsOf: file) else { return }
    guard let kept = try? JSONDecoder().decode(Kept.self, from: data), kept.key == key,
      kept.isWhole, kept.patches.count <= shown.rows,
      kept.gaps.count <= estimation.simulatedPatches
    else {
      notice("\(file.relativePath) is damaged; measuring from the beginning")
      return
    }
    (patches, gaps) = (kept.patches, kept.gaps)
    notice("going on after \(patches.count) of \(shown.rows) patches, from \(file.relativePath)")
  }

  /// Writes the state where that was last done some time ago, and where `progress` throws.
  mutating func save(every seconds: Double, _ progress: () throws -> Void) throws {
    do {
      try progress()
    } catch {
      save(every: 0)
      throw error
    }
    save(every: seconds)
  }

  private mutating func save(every seconds: Double) {
    let now = ContinuousClock.now
    guard let file, saved.duration(to: now) >= .seconds(seconds) else { return }
    saved = now
    do {
      try AtomicFile.write(json(Kept(key: key, patches: patches, gaps: gaps)), to: file)
    } catch {
      notice("an interruption would lose what is measured: \(error)")
      notice = { _ in }
    }
  }

  /// Removes the file: everything is measured.
  func finish() {
    if let file { try? FileManager.default.removeItem(at: file) }
  }

  /// What is in the file.
  private struct Kept: Codable {
    var key: String
    var patches: [Patch]
    var gaps: [Double]
    var sum: String

    init(key: String, patches: [Patch], gaps: [Double]) throws {
      (self.key, self.patches, self.gaps) = (key, patches, gaps)
      sum = try Self.sum(key, patches, gaps)
    }

    var isWhole: Bool { (try? Self.sum(key, patches, gaps)) == sum }

    private static func sum(_ key: String, _ patches: [Patch], _ gaps: [Double]) throws -> String {
      let hash = SHA256()
      hash.update([UInt8](key.utf8))
      try hash.update([UInt8](Learning.json(patches)))
      try hash.update([UInt8](Learning.json(gaps)))
      return try hash.finished()
    }
  }

  /// A hash of all that the numbers depend on: settings, model and patches.
  private static func key(
    _ estimation: LikelihoodEstimation, _ model: SparseVAE, _ shown: Matrix
  ) throws -> String {
    let hash = SHA256()
    let settings =
      "1 \(estimation.bound.rawValue) \(estimation.samples) \(estimation.simulatedPatches) "
      + "\(model.configuration) \(InstructionSet.current.isFused)"
    hash.update([UInt8](settings.utf8))
    try hash.update([UInt8](Learning.json(estimation.sampling)))
    for numbers in [model.parameters.array, shown.elements] {
      numbers.withUnsafeBytes { hash.update([UInt8]($0)) }
    }
    return try hash.finished()
  }
}
