import Compute
import Distributions
import ImageData
import LatentVariableModels
import Learning

/// A learned model as other software wants it: names, numbers, words.
public struct ExportedModel {
  /// The folder of the run that it came from.
  public let folder: RunFolder
  /// Φ, `[latents, pixels]`.
  public let filters: Matrix
  /// What is done to a patch before the model sees it.
  public let preprocessing: Preprocessing
  /// All parameters in PyTorch's names and layouts, and the treatment of patches.
  public let tensors: [NamedTensor]
  /// Families of distributions and everything else that is not a number.
  public let metadata: [String: String]
  /// What was learned, for formats that hold more than filters.
  public let learned: any LearnedModel
  private let run: any FinishedRun

  /// The metadata in the order of its names, for formats that have no place for it.
  var words: [(name: String, text: String)] {
    metadata.filter { $0.key != "format" }.sorted { $0.key < $1.key }
      .map { (name: $0.key, text: $0.value) }
  }

  /// What a finished run learned.
  ///
  /// - Throws: a `RunError` where the run is not finished or is damaged.
  public init(_ folder: RunFolder) throws { try self.init(folder.finishedRun()) }

  /// What a finished run learned.
  public init(_ run: any FinishedRun) throws {
    self.run = run
    folder = run.folder
    preprocessing = run.preprocessing
    learned = run.learned
    filters = run.learned.filters
    tensors = run.learned.exportedTensors + run.preprocessing.namedTensors
    let common = [
      "format": "pt", "preprocessing": String(decoding: try json(preprocessing), as: UTF8.self),
      "whitening": preprocessing.whitening.rawValue, "configuration": run.method.yaml,
    ]
    metadata = common.merging(run.learned.words) { common, _ in common }
  }

  /// Every filter's measures, on the run's test split or on other data.
  func measures(on data: String?, team: ThreadTeam) throws -> FilterTable {
    FilterTable(try run.evaluate(on: data, team: team))
  }

  /// "169 filters of 12 × 12 pixels"
  var title: String {
    "\(filters.rows) filters of \(preprocessing.patchText)"
  }

  /// The filters as pictures, `[latents, height, width]`, in colour `[latents, 3, height, width]`.
  var filterStack: NamedTensor {
    NamedTensor(
      name: "filters", shape: [filters.rows] + preprocessing.patchShape, elements: filters.elements)
  }
}

extension Preprocessing {
  /// What is done to a patch x after it was cut, as numbers: y = s·W(x − r·x̄ − m), with
  ///
  /// - `whitening.removes_patch_mean`: r, 1 where the mean x̄ of each patch is subtracted, else 0; in
  ///   colour W subtracts that of each channel, and r is 0;
  /// - `whitening.mean`: m, `[pixels]`, zeros where no mean patch is subtracted;
  /// - `whitening.matrix`: W, `[pixels, pixels]`, and `whitening.inverse`, W⁻¹ as far as
  ///   it goes: with PCA, ZCA and in colour;
  /// - `whitening.scale`: s;
  /// - `whitening.cutoff`: f₀ in cycles/pixel, where whole images were filtered before.
  var namedTensors: [NamedTensor] {
    func scalar(_ name: String, _ value: Float) -> NamedTensor {
      NamedTensor(name: "whitening.\(name)", shape: [], elements: [value])
    }
    var tensors = [
      scalar("removes_patch_mean", removesPatchMean && colour == nil ? 1 : 0),
      NamedTensor(
        name: "whitening.mean", shape: [pixels],
        elements: mean ?? [Float](repeating: 0, count: pixels)),
      scalar("scale", scale),
    ]
    if components != nil || colour != nil {
      let (matrix, inverse) = matrices
      for (name, matrix) in [("matrix", matrix), ("inverse", inverse)] {
        tensors.append(
          NamedTensor(
            name: "whitening.\(name)", shape: [pixels, pixels], elements: matrix.elements))
      }
    }
    if whitening == .olshausenField { tensors.append(scalar("cutoff", Float(cutoff))) }
    return tensors
  }

  /// W and W⁻¹, read off from what becomes of the unit vectors.
  private var matrices: (whitening: Matrix, inverse: Matrix) {
    var linear = self
    if colour == nil { linear.removesPatchMean = false }
    linear.mean = nil
    linear.scale = 1
    var unit = Matrix(rows: pixels, columns: pixels)
    for pixel in 0..<pixels { unit[pixel, pixel] = 1 }
    var whitened = unit
    linear.apply(to: &whitened)
    return (whitened.transposed, linear.restored(unit).transposed)
  }
}
