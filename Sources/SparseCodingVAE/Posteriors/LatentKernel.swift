import CKernels
import Compute
import Distributions
import RealModule

/// Draws latents from their posterior and takes KL(q ‖ p) with its gradients, for many at once.
///
/// In closed form where there is one, else estimated from the draw as −H(q) − log p(z), with the
/// gradient along z(μ, ℓ). Priors that have a compiled kernel go through it; others through their
/// own `evaluate`, slower and to the same numbers but for rounding.
package struct LatentKernel: Sendable {
  private let posterior: PosteriorFamily
  private let prior: any Prior
  /// The range in which ℓ is kept.
  private let logScaleRange: ClosedRange<Float>
  /// The prior as its compiled kernel takes it; nil where there is none.
  private let compiled: svae_prior?

  package init(
    posterior: PosteriorFamily, prior: any Prior, logScaleRange: ClosedRange<Float>,
    usesCompiled: Bool = true
  ) {
    self.posterior = posterior
    self.prior = prior
    self.logScaleRange = logScaleRange
    compiled = usesCompiled ? prior.kernelParameters : nil
  }

  /// Draws z and fills in everything that follows from it.
  ///
  /// - Parameter planes: of a block of patches; its distributions and ℓ's range are filled in here.
  /// - Returns: weight · Σ ∂KL/∂log s.
  package func draw(_ planes: inout svae_latent_planes) -> Float {
    guard let compiled else { return drawByMathematics(planes) }
    planes.posterior = posterior.kernel
    planes.prior = compiled
    (planes.low, planes.high) = (logScaleRange.lowerBound, logScaleRange.upperBound)
    return svae_kernels().pointee.latent.draw(&planes)
  }

  private func drawByMathematics(_ planes: svae_latent_planes) -> Float {
    let standard = posterior.type.init(mean: 0, scale: 1)
    let (entropy, hasClosedForm) = (standard.entropy, standard.divergence(from: prior) != nil)
    var sum = 0.0
    for latent in 0..<planes.latents {
      let row = latent * DenseLayout.lanes
      sum += draw(planes, row: row, entropy: entropy, hasClosedForm: hasClosedForm)
      // Lanes beyond the last patch count for nothing.
      for i in row + planes.lanes..<row + DenseLayout.lanes {
        for plane in [planes.z, planes.tau_noise, planes.kl, planes.d_mean, planes.d_log_scale] {
          plane?[i] = 0
        }
      }
    }
    return planes.weight * Float(sum)
  }

  /// One latent for all patches of the block.
  ///
  /// - Parameter entropy: the posterior's at τ = 1.
  /// - Returns: Σ ∂KL/∂log s.
  private func draw(
    _ planes: svae_latent_planes, row: Int, entropy: Double, hasClosedForm: Bool
  ) -> Double {
    let range = row..<row + planes.lanes
    for i in range {
      let step = Float(scale(planes.log_scale[i])) * planes.noise[i]
      planes.z[i] = planes.mean[i] + step
      planes.tau_noise[i] = isInside(planes.log_scale[i]) ? step : 0
    }
    // A prior is asked about numbers only; what is none comes through as it is.
    let z = range.map { planes.z[$0].isFinite ? planes.z[$0] : 0 }
    var (energies, slopes) = (z, z)
    prior.evaluate(z, energies: &energies, slopes: &slopes)
    var scaleGradient = 0.0
    for (lane, i) in range.enumerated() {
      let (mean, tau) = (Double(planes.mean[i]), scale(planes.log_scale[i]))
      let isFinite = planes.z[i].isFinite
      let slope = isFinite ? Double(slopes[lane]) : .nan
      let energy = isFinite ? Double(energies[lane]) : .nan
      var divergence = Divergence(
        value: energy - Double.log(tau) - entropy, meanGradient: slope,
        logScaleGradient: slope * Double(planes.tau_noise[i]) - 1)
      var byLogPriorScale = 1 - Double(z[lane]) * slope
      if hasClosedForm, mean.isFinite, tau.isFinite,
        let closed = posterior.type.init(mean: mean, scale: tau).divergence(from: prior)
      {
        divergence = closed
        byLogPriorScale = closed.logPriorScaleGradient(mean: mean)
      }
      planes.kl[i] = Float(divergence.value)
      planes.d_mean[i] = planes.weight * Float(divergence.meanGradient)
      planes.d_log_scale[i] =
        isInside(planes.log_scale[i]) ? planes.weight * Float(divergence.logScaleGradient) : 0
      scaleGradient += byLogPriorScale
    }
    return scaleGradient
  }

  /// τ = exp ℓ, with ℓ in its range. NaN comes through.
  private func scale(_ logScale: Float) -> Double {
    .exp(Double(min(max(logScale, logScaleRange.lowerBound), logScaleRange.upperBound)))
  }

  /// Whether ℓ can move: it has no gradient where it is held at an end of its range.
  private func isInside(_ logScale: Float) -> Bool {
    !(logScale < logScaleRange.lowerBound || logScale > logScaleRange.upperBound)
  }
}
