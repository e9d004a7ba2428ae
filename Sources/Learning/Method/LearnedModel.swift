import Compute
import Evaluation
import LatentVariableModels

/// Filters that have been learned, and how patches are coded with them.
public protocol LearnedModel: Sendable {
  /// Φ, `[latents, pixels]`
  var filters: Matrix { get }
  /// All that makes the model, for `model.safetensors`.
  var tensors: [NamedTensor] { get }
  /// What an export holds beside the tensors: `tensors` and, for some, a number more.
  var exportedTensors: [NamedTensor] { get }
  /// What is not a number: families of distributions.
  var words: [String: String] { get }

  /// A function from patches, `[N, pixels]`, to their codes, `[N, latents]`.
  func encoder(team: ThreadTeam) -> (Matrix) -> Matrix
  /// Codes, `[N, latents]`, to patches, `[N, pixels]`.
  func reconstructions(of codes: Matrix) -> Matrix
  /// The model measured on patches that are treated as the training data was, `[N, pixels]`.
  func evaluation(on patches: Matrix, _ instruments: Instruments) -> FilterEvaluation
  /// What codes lack against the best ones; nil where they are the best, or there are none.
  func amortization(on patches: Matrix, team: ThreadTeam) -> AmortizationGap?
}

extension LearnedModel {
  public var exportedTensors: [NamedTensor] { tensors }
  public var words: [String: String] { [:] }

  public func reconstructions(of codes: Matrix) -> Matrix {
    LinearAlgebra.product(codes, filters)
  }

  public func evaluation(on patches: Matrix, _ instruments: Instruments) -> FilterEvaluation {
    FilterEvaluation(of: self, on: patches, instruments)
  }

  public func amortization(on patches: Matrix, team: ThreadTeam) -> AmortizationGap? { nil }

  /// The codes of patches, `[N, latents]`.
  func codes(of patches: Matrix, team: ThreadTeam) -> Matrix { encoder(team: team)(patches) }

  /// What all codes of zero stand for, `[pixels]`.
  var bias: [Float] {
    Array(reconstructions(of: Matrix(rows: 1, columns: filters.rows)).row(0))
  }
}
