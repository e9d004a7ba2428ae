import Compute
import Evaluation
import LatentVariableModels
import SparseCoding

/// A dictionary with the solver and the penalty that it was learned with.
public struct LearnedDictionary: LearnedModel {
  /// Φ, `[atoms, pixels]`
  public let filters: Matrix
  let settings: SparseCodingSettings

  /// The codes' problem.
  public var problem: SparseCodingProblem {
    let learner = settings.learner
    return SparseCodingProblem(
      dictionary: filters, sparsity: learner.sparsity, nonnegative: learner.isNonnegative)
  }

  /// `decoder.weight` [pixels, atoms], as a VAE's.
  public var tensors: [NamedTensor] {
    let weight = filters.transposed
    return [
      NamedTensor(
        name: "decoder.weight", shape: [weight.rows, weight.columns], elements: weight.elements)
    ]
  }

  public var exportedTensors: [NamedTensor] {
    tensors + [NamedTensor(name: "lambda", shape: [], elements: [Float(settings.lambda)])]
  }

  public func encoder(team: ThreadTeam) -> (Matrix) -> Matrix {
    let (problem, solver) = (problem, settings.learner.solver)
    return { solver.encode($0, problem: problem, team: team).codes }
  }

  public func evaluation(on patches: Matrix, _ instruments: Instruments) -> FilterEvaluation {
    let fit = DictionaryFit(
      problem, solver: settings.learner.solver, on: patches, team: instruments.team)
    var evaluation = FilterEvaluation(
      filters: filters, codes: fit.encoding.codes, signalToNoise: fit.signalToNoise, instruments)
    evaluation.coding = CodingMeasures(
      lambda: Double(problem.sparsity), objective: fit.objective, meanActive: fit.meanActive,
      converged: Double(fit.encoding.count(.converged)) / Double(max(1, patches.rows)),
      largestGap: Double(fit.encoding.largestGap))
    return evaluation
  }
}
