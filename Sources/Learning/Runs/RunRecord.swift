import Files
import Foundation
import ImageData

/// What is known of a finished run besides its weights: `evaluation.json`.
///
/// With it, tables and reports are made without the data.
package struct RunRecord: Codable, Hashable, Sendable {
  package var summary: Summary
  package var filters: [Filter]
  package var examples: [Example]
  package var data: DataDescription
  /// Time spent in training, of all sessions.
  package var seconds: Double
  /// Nil for a dictionary, for priors without a most probable code, and in older records.
  package var amortization: AmortizationGap?
  /// Nil in older records.
  package var equalSparsity: [EqualSparsity]?
  /// E[log a] of some test patches' contrasts a; nil for models without, and in older records.
  package var logContrasts: [Double]?
  /// −log p(x) of test patches; nil where it was not asked for.
  package var likelihood: LikelihoodEstimate?
  /// The checksum of the model that was measured; nil in older records.
  package var model: String?

  /// One latent and its filter.
  package struct Filter: Codable, Hashable, Sendable {
    /// ‖φₖ‖
    package var norm: Double
    /// Nats per patch; nil for a dictionary's.
    package var kl: Double?
    /// ½·log(1 + Var_x(μₖ)/E_x[τₖ²]), nats; nil for a dictionary's.
    package var information: Double?
    /// The mean of |zₖ|; nil for a model's.
    package var meanCode: Double?
    package var isActive: Bool
    package var isSpike: Bool
    package var isNoiseLike: Bool
    package var gabor: Gabor?

    /// How much the filter is used, to order filters by.
    package var use: Double { information ?? meanCode ?? 0 }
  }

  /// The best Gabor function for a filter.
  package struct Gabor: Codable, Hashable, Sendable {
    package var rSquared: Double
    /// Of the wave's direction, radians from the x axis towards the y axis, which points down.
    package var orientation: Double
    /// Cycles/pixel.
    package var frequency: Double
    /// Whether both mean something; nil in older records.
    package var hasCarrier: Bool?
  }

  /// A test patch and how the model sees it.
  package struct Example: Codable, Hashable, Sendable {
    package var patch: [Float]
    /// From the posterior mean, or the sparse code.
    package var reconstruction: [Float]
    /// The filters that contribute most, largest first.
    package var used: [Contribution]
    /// Latents whose contribution is above a tenth of the largest.
    package var usedCount: Int

    package struct Contribution: Codable, Hashable, Sendable {
      package var filter: Int
      /// μₖ·‖φₖ‖ or zₖ·‖φₖ‖, in units of the patch.
      package var strength: Double
    }
  }

  /// The data, for the reader.
  package struct DataDescription: Codable, Hashable, Sendable {
    package var title: String
    /// The data check's lines.
    package var check: String
    package var patchHeight: Int
    package var patchWidth: Int

    package init(title: String, check: String, patchHeight: Int, patchWidth: Int) {
      self.title = title
      self.check = check
      self.patchHeight = patchHeight
      self.patchWidth = patchWidth
    }

    package init(_ data: DataSet) {
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

  /// Writes the record of the model that lies in the folder.
  package mutating func write(to folder: RunFolder) throws {
    model = DataOrigin.File(folder.modelFile).crc32
    try RunChecksums(folder).write(Self.coder.0.encode(self), to: folder.recordFile)
  }

  /// The record in a run's folder; nil where there is none, a damaged one, or one of another version.
  package init?(in folder: RunFolder) {
    guard let data = try? Data(contentsOf: folder.recordFile),
      RunChecksums(folder).isRight(data, of: folder.recordFile.lastPathComponent),
      let record = try? Self.coder.1.decode(RunRecord.self, from: data)
    else { return nil }
    self = record
  }
}

extension RunFolder {
  package var recordFile: URL { url.appending(path: "evaluation.json") }
}
