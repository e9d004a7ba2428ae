import Compute
import Distributions
import RealModule
import TestSupport
import Testing

@testable import Evaluation

@Suite struct HamiltonianChainsTests {
  private func chains(_ test: LikelihoodCase, steps: Int = 2) throws -> (
    HamiltonianChains, GaussianApproximation
  ) {
    let patch = test.simulated(1).patches.row(0)
    let gaussian = try #require(GaussianApproximation.best(for: patch, test.target))
    return (HamiltonianChains(test.target, gaussian, leapfrogSteps: steps), gaussian)
  }

  /// What the kernels compute, against double precision, and ∂h/∂u against differences of h.
  @Test(arguments: 0..<7) func `kernels compute h and its derivatives`(_ number: Int) throws {
    let contrast = number == 6 ? 0.5 : nil
    let prior = number == 6 ? LaplacePrior(scale: 0.3) : LikelihoodTests.priors[number]
    for latents in [1, 5, 6, 13, 40] {
      let test = LikelihoodCase(latents: latents, pixels: 9, noise: 0.1, contrast: contrast, prior)
      let (chains, gaussian) = try chains(test)
      var noise = HamiltonianChains.Noise(seed: 4, step: 0)
      chains.start(using: &noise)
      for lane in [0, 5, 15] {
        let place = (0..<latents).map { Double(chains.rows.place[16 * $0 + lane]) }
        func excess(_ place: [Double]) -> Double {
          let codes = (0..<latents).map { latent in
            (latent..<latents).reduce(gaussian.mean[latent]) {
              $0 + gaussian.inverse[$1 * latents + latent] * place[$1]
            }
          }
          let sum = codes.reduce(0) { $0 + prior.logDensity($1) }
          return zip(codes, gaussian.variances).reduce(test.target.joint(sum).value) {
            $0 - GaussianPrior(scale: $1.1.squareRoot()).logDensity($1.0)
          }
        }
        let truth = excess(place)
        #expect(abs(chains.excess[lane] - truth) < 2e-5 * (10 + abs(truth)))
        for latent in stride(from: 0, to: latents, by: 3) {
          let slope = derivative(at: place[latent], step: 1e-5) { moved in
            var places = place
            places[latent] = moved
            return excess(places)
          }
          let found = Double(chains.rows.pull[16 * latent + lane])
          #expect(abs(found - slope) < 1e-3 * (1 + abs(slope)), "\(prior), \(latents), \(latent)")
        }
      }
    }
  }

  /// A prior without a kernel goes the slow way to the same numbers.
  @Test func `a prior without a kernel gives the same`() throws {
    let test = LikelihoodCase(latents: 6, pixels: 4, noise: 0.1, LaplacePrior(scale: 0.3))
    var other = test
    other.prior = PlainPrior(scale: 0.3, shape: [:])
    var (fast, _) = try chains(test)
    var found: [[Double]] = []
    for test in [test, other] {
      (fast, _) = try chains(test)
      var noise = HamiltonianChains.Noise(seed: 4, step: 0)
      fast.start(using: &noise)
      found.append(fast.excess)
    }
    for (a, b) in zip(found[0], found[1]) { #expect(abs(a - b) < 1e-4) }
  }

  @Test func `a transition keeps the distribution it is made for`() throws {
    let test = LikelihoodCase(latents: 1, pixels: 1, noise: 0.5, LaplacePrior(scale: 0.6))
    let (chains, gaussian) = try chains(test, steps: 3)
    let patch = test.simulated(1).patches.row(0)
    for beta in [0.4, 1] {
      func density(_ z: Double) -> Double {
        let spread = GaussianPrior(scale: gaussian.variances[0].squareRoot())
        return Double.exp(
          test.logLikelihood([z], patch) + (1 - beta) * spread.logDensity(z)
            + beta * test.prior.logDensity(z))
      }
      func moment(_ power: Int) -> Double {
        let f = { (z: Double) in density(z) * Double.pow(z, power) }
        return integral(from: -15, to: 0, pieces: 60, of: f)
          + integral(from: 0, to: 15, pieces: 60, of: f)
      }
      let (mean, square) = (moment(1) / moment(0), moment(2) / moment(0))
      var noise = HamiltonianChains.Noise(seed: 12, step: 0)
      chains.start(using: &noise)
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for step in 0..<8000 {
        let accepted = chains.transition(inverseTemperature: beta, angle: 0.6, using: &noise)
        #expect(accepted.allSatisfy { $0 >= 0 && $0 <= 1 })
        if step < 20 { continue }
        for lane in 0..<16 {
          let z = gaussian.mean[0] + gaussian.inverse[0] * Double(chains.rows.place[lane])
          sum += z
          squares += z * z
          count += 1
        }
      }
      #expect(abs(sum / count - mean) < 0.01, "\(sum / count), \(mean)")
      #expect(abs(squares / count - square) < 0.015, "\(squares / count), \(square)")
    }
  }

  @Test func `a trajectory that diverged is not accepted`() throws {
    let test = LikelihoodCase(latents: 4, pixels: 6, noise: 0.3, CauchyPrior(scale: 1))
    let (chains, _) = try chains(test, steps: 20)
    var noise = HamiltonianChains.Noise(seed: 2, step: 0)
    chains.start(using: &noise)
    let before = (chains.excess, (0..<64).map { chains.rows.place[$0] })
    for angle in [1e30, Double.infinity] {
      let accepted = chains.transition(inverseTemperature: 1, angle: angle, using: &noise)
      #expect(accepted.allSatisfy { $0 == 0 })
      #expect(chains.excess == before.0)
      #expect((0..<64).map { chains.rows.place[$0] } == before.1)
    }
  }

  @Test func `temperatures rise from 0 to 1, closer where weights vary more`() {
    let places = [0, 0.25, 0.5, 0.75, 1]
    for (temperatures, isWide) in [(1, false), (2, false), (50, false), (1, true), (51, true)] {
      for deviations in [[1, 1, 1, 1, 1], [0.1, 0.1, 1, 5, 20], [0, 0, 0, 0, 0.0]] {
        let (betas, angles) = AnnealingPath.spaced(
          temperatures, places, deviations, [1, 1, 0.5, 0.5, 0.25], hasWideTails: isWide)
        #expect(betas.count == temperatures + 1 && betas.first == 0 && betas.last == 1)
        #expect(zip(betas, betas.dropFirst()).allSatisfy { $0 < $1 })
        #expect(angles.count == betas.count && angles.allSatisfy { $0 >= 0.25 && $0 <= 1 })
        if temperatures == 50, deviations[4] > 1 {
          #expect(betas[1] - betas[0] > 5 * (betas[50] - betas[49]))
        }
      }
    }
  }
}

/// A Laplace prior by another name.
private struct PlainPrior: Prior {
  static let name = "plain"
  var scale: Double
  private var own: LaplacePrior { LaplacePrior(scale: scale) }
  init(scale: Double, shape: [String: Double]) { self.scale = scale }
  func logDensity(_ z: Double) -> Double { own.logDensity(z) }
  func score(_ z: Double) -> Double { own.score(z) }
  func sample(using stream: inout RandomStream) -> Double { own.sample(using: &stream) }
  var variance: Double? { own.variance }
}
