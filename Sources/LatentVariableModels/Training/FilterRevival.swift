import Compute

/// Reinitialises filters that repeat another.
///
/// Two filters of one direction cost a Laplace prior no more than one: |z₁| + |z₂| is the same
/// however a coefficient is shared. So nothing in the ELBO parts them, and places are lost. The
/// later of such two begins anew as what the model leaves unexplained of a patch, drawn in
/// proportion to its energy, as dictionaries replace their duplicates. Its latent begins silent:
/// μ = 0 and τ = s for every patch, so that the encoder first learns where the new filter is.
///
/// As many filters are revived at a time as there are patches to draw from, and no patch twice.
struct FilterRevival {
  /// Of two filters with |cosine| above this, the later repeats the earlier.
  let similarity: Double

  /// - Parameters:
  ///   - patches: to take residuals from, `[patches, pixels]`.
  ///   - epoch: epochs before this one; chooses the patches.
  /// - Returns: the latents whose filters were replaced.
  @discardableResult
  func apply(to step: TrainingStep, patches: Matrix, epoch: Int) -> [Int] {
    let isDuplicate = step.model.filters.isDuplicate(above: similarity)
    let duplicates = isDuplicate.indices.filter { isDuplicate[$0] }
    if duplicates.isEmpty { return [] }
    let residuals = step.residuals(of: patches)
    var random = RandomStream(
      seed: step.settings.seed, purpose: .filterRedraw, step: -1 - epoch)
    let chosen = random.distinctIndices(
      duplicates.count, inProportionTo: residuals.rowEnergies)
    for (latent, patch) in zip(duplicates, chosen) {
      step.begin(latent, anewAs: residuals.row(patch))
    }
    return Array(duplicates.prefix(chosen.count))
  }
}

extension TrainingStep {
  /// x − Φᵀμ(x) − b for each row of `patches`.
  fileprivate func residuals(of patches: Matrix) -> Matrix {
    let inference = Inference(model, team: team)
    var residuals = inference.decode(inference.encode(patches).mean)
    for index in residuals.elements.indices {
      residuals.elements[index] = patches.elements[index] - residuals.elements[index]
    }
    return residuals
  }

  /// Gives a latent a new filter and a silent posterior; Adam forgets both.
  fileprivate func begin(_ latent: Int, anewAs filter: some Sequence<Float>) {
    replace(filter: latent, with: filter)
    let latents = model.parts.latents
    let silent = latents.silentHeads(priorScale: model.priorScale(of: latent))
    for head in 0..<latents.headCount {
      let (weights, bias) = model.layout.places(head: head, latent: latent)
      for place in weights + [bias] {
        model.parameters[place] = 0
        state.firstMoment[place] = 0
        state.secondMoment[place] = 0
      }
      model.parameters[bias] = Float(silent[head])
    }
  }
}
