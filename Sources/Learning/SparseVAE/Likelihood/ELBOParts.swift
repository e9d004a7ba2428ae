import Compute
import Distributions
import Evaluation
import LatentVariableModels

/// −ELBO of some patches, and what of its distance from −log p(x) is the encoder's, what that of
/// latents which are independent.
struct ELBOParts {
  /// Nats per patch.
  let negativeELBO: Double
  /// What the best answer of the same form for each patch would gain; nil where that is not known.
  let amortization: Double?
  /// What the best Gaussian with covariance would gain beyond that; nil where latents have covariance,
  /// or it is not known.
  let independence: Double?
  /// −log p(x) in closed form, with a Gaussian prior.
  let exact: Double?
  /// Why a number is not known, by its key.
  private(set) var notes: [String: String] = [:]

  /// Steps of refinement that stand for the best structured posterior.
  static let refinements = 20

  init(_ model: SparseVAE, on patches: Matrix, team: ThreadTeam) {
    let isClosed = model.prior is LaplacePrior || model.prior is GaussianPrior
    func mean(_ model: SparseVAE) -> Double { Self.mean(model, patches, team) }
    let own = mean(model)
    negativeELBO = own
    exact = model.prior is GaussianPrior ? mean(model.with(posterior: .structured)) : nil
    if model.configuration.posterior == .structured {
      let refined = model.with(posterior: .structured, refinements: Self.refinements)
      amortization = own - mean(refined)
      independence = nil
      notes["independenceGap"] = "latents have covariance"
    } else if let best = BestIndependent(model, on: patches, team: team) {
      let count = Double(max(1, patches.rows))
      let optimum = best.best.reduce(0, +) / count
      amortization = best.encoded.reduce(0, +) / count - optimum
      let structured =
        isClosed
        ? mean(model.with(posterior: .structured, refinements: Self.refinements)) : nil
      independence = structured.map { optimum - $0 }
    } else {
      (amortization, independence) = (nil, nil)
      let reason = "the ELBO of such a posterior and prior is not in closed form"
      (notes["amortizationGap"], notes["independenceGap"]) = (reason, reason)
    }
    if exact == nil { notes["exact"] = "the prior is not Gaussian" }
  }

  private static func mean(_ model: SparseVAE, _ patches: Matrix, _ team: ThreadTeam) -> Double {
    negativeELBO(Inference(model, team: team).evaluate(patches), patches.rows)
  }

  /// −ELBO of each patch.
  ///
  /// - Parameter first: the number of the first, by which samples differ where there are any.
  static func negativeELBOs(
    _ model: SparseVAE, _ patches: Matrix, first: Int, _ team: ThreadTeam
  ) -> [Double] {
    let inference = Inference(model, team: team)
    return (0..<patches.rows).map { row in
      negativeELBO(
        inference.evaluate(patches.selectingRows(row...row), seed: UInt64(first + row)), 1)
    }
  }

  private static func negativeELBO(_ found: Inference.Evaluation, _ count: Int) -> Double {
    found.negativeLogLikelihood + found.jointDivergence
      + found.divergence.elements.reduce(0) { $0 + Double($1) } / Double(max(1, count))
  }
}
