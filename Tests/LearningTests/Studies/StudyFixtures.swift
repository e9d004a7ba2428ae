import Foundation
import TestSupport

@testable import Learning
@testable import Studies

/// A few blank digits as an IDX file.
enum TestDigits {
  static func write(to folder: URL) throws -> URL {
    let (count, side) = (12, 8)
    var bytes: [UInt8] = [0, 0, 8, 3]
    for number in [count, side, side] { bytes += [0, 0, 0, UInt8(number)] }
    bytes += (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let file = folder.appending(path: "train-images-idx3-ubyte")
    try Data(bytes).write(to: file)
    return file
  }
}

extension Study.Condition {
  /// Changes the model's configuration.
  mutating func changeModel(_ change: (inout SparseVAEConfiguration) -> Void) {
    guard var model = configuration.svae else { return }
    change(&model)
    configuration = MethodConfiguration(model)
  }
}

extension MethodConfiguration {
  var svae: SparseVAEConfiguration? { method as? SparseVAEConfiguration }
  var sparseCoding: DictionaryConfiguration? { method as? DictionaryConfiguration }
}

/// A study that takes a second: small pictures, two conditions, two seeds, a tiny model.
enum TinyStudy {
  static let text = """
    title: Tiny <study> & co
    data: \(SmallPictures.file.path)
    claim: Unit norm keeps more filters active.
    seeds: 2
    settings:
      data: {patches: 512, heldOutPatches: 128, patchSize: 8}
      model: {latents: 12, encoder: {trunk: [16]}}
      training: {epochs: 3}
    conditions:
      - name: none
        title: no constraint
        factor: constraint
        settings: {model: {constraint: none}}
      - {name: unit-norm, title: unit norm, factor: constraint}
    contrast: {from: none, to: unit-norm, expects: more}
    """

  static func study() throws -> Study {
    try StudyFile(text: text, file: nil).study()
  }

  /// The same with a dictionary beside the models.
  static func studyWithDictionary() throws -> Study {
    try StudyFile(
      text: text.replacingOccurrences(
        of: "contrast:",
        with: """
            - name: classical
              title: classical sparse coding
              factor: method
              method: sparse-coding
              settings: {sparseCoding: {atoms: 12, updates: 30, batchSize: 50}}
          contrast:
          """), file: nil
    ).study()
  }

  /// Numbers of synthetic runs, no training needed.
  static func record(
    active: Int, elbo: Double, gabor: Int? = nil, latents: Int = 12, seconds: Double = 1
  ) throws -> RunRecord {
    var numbers: [String: Double] = [
      "patches": 128, "elbo": elbo, "negativeLogLikelihood": -elbo - 10, "kl": 10,
      "snrDecibels": 6, "lambda": 1.2, "temperature": 0.1, "noiseScale": 0.5, "priorScale": 0.2,
      "activeUnitsThreshold": 0.01, "activeUnitsScaleFreeThreshold": 0.01,
      "klActiveThreshold": 0.1, "klActiveFloor": 0.05, "informativeThreshold": 0.05,
      "strongThreshold": 1, "spikes": 0, "spikesThreshold": 3, "duplicates": 0,
      "duplicatesThreshold": 0.99, "noiseLike": 0,
      "noiseLikeThreshold": 0.3, "gaborLikeThreshold": 0.5, "gaborLikeStrictThreshold": 0.8,
      "l0": 3, "latents": Double(latents),
    ]
    for key in ["activeFilters", "activeUnits", "klActive", "informative", "strong"] {
      numbers[key] = Double(active)
    }
    for key in ["gaborLike", "gaborLikeStrict"] { numbers[key] = gabor.map(Double.init) }
    let summary = try JSONDecoder().decode(Summary.self, from: JSONEncoder().encode(numbers))
    let filters = (0..<latents).map { k in
      RunRecord.Filter(
        norm: 1 + Double(k % 2), kl: 1, information: 1, isActive: k < active, isSpike: false,
        isNoiseLike: false, gabor: nil)
    }
    return RunRecord(
      summary: summary, filters: filters, examples: [],
      data: .init(title: "synthetic", check: "", patchHeight: 8, patchWidth: 8), seconds: seconds)
  }
}
