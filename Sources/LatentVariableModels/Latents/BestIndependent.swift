import Compute
import RealModule

/// The ELBO of independent latents at the encoder's answer and at the best one for each patch, which
/// tells what the encoder loses from what independence does.
package struct BestIndependent: Sendable {
  /// −ELBO of each patch at the encoder's heads, nats.
  package let encoded: [Double]
  /// At the best heads.
  package let best: [Double]

  /// Sweeps over the latents of a patch at most, and when to end them, nats.
  private static let sweeps = 400
  private static let tolerance = 1e-4

  /// - Parameter patches: as the model sees them, `[patches, pixels]`.
  /// - Returns: nil where the −ELBO is not in closed form, or latents are not independent.
  package init?(_ model: SparseVAE, on patches: Matrix, team: ThreadTeam) {
    let latents = model.parts.latents
    guard latents is LocationScale, latents.isDivergenceClosed, model.parts.hasExactLikelihood
    else { return nil }
    let decoder = model.isotropicDecoder
    let filters = decoder.filters
    let precision = 1 / decoder.noiseVariance
    let gram = filters.elements.map(Double.init).withUnsafeBufferPointer {
      LinearAlgebra.gram($0, rows: filters.rows)
    }.map { $0 * precision }
    let posteriors = Inference(model, team: team).encode(patches)
    var centred = decoder.whitened(patches)
    centred.addToRows(decoder.bias.map { -$0 })
    let drives = LinearAlgebra.product(centred, filters, transposeB: true)
    let energies = centred.rowEnergies
    let constant =
      Double(centred.columns) / 2 * Double.log(2 * .pi * decoder.noiseVariance)
      + decoder.logDeterminant
    let scales = (0..<filters.rows).map { model.priorScale(of: $0) }
    let found = team.map(patches.rows) { row in
      var search = Search(
        rule: latents, priorScales: scales, gram: gram,
        drive: drives.row(row).map { Double($0) * precision },
        means: posteriors.mean.row(row).map(Double.init),
        logScales: posteriors.logScale.row(row).map(Double.init))
      let offset = constant + energies[row] * precision / 2
      let start = search.objective
      var last = start
      for _ in 0..<Self.sweeps {
        search.sweep()
        let next = search.objective
        if last - next < Self.tolerance { break }
        last = next
      }
      return (start + offset, min(start, search.objective) + offset)
    }
    (encoded, best) = (found.map(\.0), found.map(\.1))
  }
}

/// One patch's search, latent after latent: the −ELBO is convex in μ and τ.
private struct Search {
  let rule: any LatentLayer
  let priorScales: [Double]
  /// ΦΦᵀ/σ² and Φ(x − b)/σ².
  let gram: [Double]
  let drive: [Double]
  var means: [Double]
  var logScales: [Double]
  /// ΦΦᵀμ/σ²
  var explained: [Double]

  init(
    rule: any LatentLayer, priorScales: [Double], gram: [Double], drive: [Double], means: [Double],
    logScales: [Double]
  ) {
    (self.rule, self.priorScales, self.gram, self.drive) = (rule, priorScales, gram, drive)
    (self.means, self.logScales) = (means, logScales)
    explained = drive.indices.map { row in
      means.indices.reduce(0) { $0 + gram[row * drive.count + $1] * means[$1] }
    }
  }

  private func draw(_ latent: Int, _ mean: Double, _ logScale: Double) -> LatentDraw {
    rule.draw(SIMD4(mean, logScale, 0, 0), noise: 0, priorScale: priorScales[latent])
  }

  /// −ELBO without what depends on the patch alone.
  var objective: Double {
    means.indices.reduce(0) { sum, k in
      let variance = rule.noise.variance * Double.exp(2 * logScales[k])
      return sum + means[k] * (explained[k] / 2 - drive[k])
        + gram[k * (means.count + 1)] * variance / 2 + draw(k, means[k], logScales[k]).divergence
    }
  }

  /// One step of Newton's method in each latent's μ and then its ℓ, with the slope's difference for a
  /// derivative.
  mutating func sweep() {
    let count = means.count
    for k in 0..<count {
      let own = gram[k * (count + 1)]
      let step = 1e-4 * Double.exp(logScales[k])
      func slope(_ mean: Double) -> Double {
        explained[k] - drive[k] + own * (mean - means[k])
          + draw(k, mean, logScales[k]).divergenceSlopes[0]
      }
      let curvature = (slope(means[k] + step) - slope(means[k] - step)) / (2 * step)
      let move = -slope(means[k]) / max(curvature, own, 1e-12)
      if move.isFinite {
        means[k] += move
        for row in 0..<count { explained[row] += gram[row * count + k] * move }
      }
      func scaleSlope(_ logScale: Double) -> Double {
        own * rule.noise.variance * Double.exp(2 * logScale)
          + draw(k, means[k], logScale).divergenceSlopes[1]
      }
      let bend = (scaleSlope(logScales[k] + 1e-4) - scaleSlope(logScales[k] - 1e-4)) / 2e-4
      let change = -scaleSlope(logScales[k]) / max(bend, 0.2)
      if change.isFinite { logScales[k] += min(max(change, -0.5), 0.5) }
    }
  }
}
