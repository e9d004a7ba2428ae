import Files
import Foundation
import ImageData

/// What is known of a finished run besides its weights: `evaluation.json`.
///
/// With it, tables and reports are made without the data.
struct RunRecord: Codable, Hashable, Sendable {
  var summary: Summary
  var filters: [Filter]
  var examples: [Example]
  var data: DataDescription
  /// Time spent in training, of all sessions.
  var seconds: Double
  /// Nil for a dictionary, for priors without a most probable code, and in older records.
  var amortization: AmortizationGap?
  /// Nil in older records.
  var equalSparsity: [EqualSparsity]?

  /// One latent and its filter.
  struct Filter: Codable, Hashable, Sendable {
    /// ‖φₖ‖
    var norm: Double
    /// Nats per patch; nil for a dictionary's.
    var kl: Double?
    /// ½·log(1 + Var_x(μₖ)/E_x[τₖ²]), nats; nil for a dictionary's.
    var information: Double?
    /// The mean of |zₖ|; nil for a model's.
    var meanCode: Double?
    var isActive: Bool
    var isSpike: Bool
    var isNoiseLike: Bool
    var gabor: Gabor?

    /// How much the filter is used, to order filters by.
    var use: Double { information ?? meanCode ?? 0 }
  }

  /// The best Gabor function for a filter.
  struct Gabor: Codable, Hashable, Sendable {
    var rSquared: Double
    /// Of the wave's direction, radians from the x axis towards the y axis, which points down.
    var orientation: Double
    /// Cycles/pixel.
    var frequency: Double
  }

  /// A test patch and how the model sees it.
  struct Example: Codable, Hashable, Sendable {
    var patch: [Float]
    /// From the posterior mean, or the sparse code.
    var reconstruction: [Float]
    /// The filters that contribute most, largest first.
    var used: [Contribution]
    /// Latents whose contribution is above a tenth of the largest.
    var usedCount: Int

    struct Contribution: Codable, Hashable, Sendable {
      var filter: Int
      /// μₖ·‖φₖ‖ or zₖ·‖φₖ‖, in units of the patch.
      var strength: Double
    }
  }

  /// The data, for the reader.
  struct DataDescription: Codable, Hashable, Sendable {
    var title: String
    /// The data check's lines.
    var check: String
    var patchHeight: Int
    var patchWidth: Int

    init(title: String, check: String, patchHeight: Int, patchWidth: Int) {
      self.title = title
      self.check = check
      self.patchHeight = patchHeight
      self.patchWidth = patchWidth
    }

    init(_ data: DataSet) {
      self.init(
        title: data.check.title, check: "\(data.check)", patchHeight: data.patchHeight,
        patchWidth: data.patchWidth)
    }
  }
}

extension RunRecord {
  private static var coder: (JSONEncoder, JSONDecoder) {
    let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return (encoder, decoder)
  }

  func write(to folder: RunFolder) throws {
    try AtomicFile.write(Self.coder.0.encode(self), to: folder.recordFile)
  }

  /// The record in a run's folder; nil where there is none, or one of another version.
  init?(in folder: RunFolder) {
    guard let data = try? Data(contentsOf: folder.recordFile),
      let record = try? Self.coder.1.decode(RunRecord.self, from: data)
    else { return nil }
    self = record
  }
}

extension RunFolder {
  var recordFile: URL { url.appending(path: "evaluation.json") }
}
