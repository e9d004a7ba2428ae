import Compute
import Distributions
import RealModule

/// Sixteen chains of Hamiltonian Monte Carlo on N(z; μ, Σ)·exp(β·h(z)), side by side in vectors.
///
/// Chains stand at u, z = μ + Wᵀu with Σ = WᵀW, where the Gaussian is N(0, I): its flow is a turn of
/// place and momentum, followed exactly, and only h pushes (Shahbaba, Lan, Johnson & Neal 2014,
/// "Split Hamiltonian Monte Carlo"). So trajectories are as good as the Gaussian is, and with β = 0
/// exact. For each trajectory of each chain the angle of a turn is multiplied by a number from (0.8,
/// 1.2), so that no chain runs in circles.
///
/// Places and momenta are floats, energies and weights doubles.
final class HamiltonianChains {
  /// Chains that go together.
  static let lanes = 16

  private let target: LatentTarget
  private let approximation: GaussianApproximation
  private let leapfrogSteps: Int
  private let offset: Double
  private let latents: Int
  private let kernel: PriorKernel?
  private var memory: AlignedArray
  let rows: ChainRows
  private let savedPlaces: UnsafeMutablePointer<Float>
  private let savedPulls: UnsafeMutablePointer<Float>

  /// h of each chain.
  private(set) var excess = [Double](repeating: 0, count: lanes)

  init(_ target: LatentTarget, _ approximation: GaussianApproximation, leapfrogSteps: Int) {
    precondition(leapfrogSteps >= 1, "\(leapfrogSteps) leapfrog steps")
    let count = target.decoder.latents
    (self.target, self.approximation) = (target, approximation)
    (self.leapfrogSteps, latents) = (leapfrogSteps, count)
    kernel = target.prior.kernel
    offset = approximation.variances.reduce(0) { $0 + Double.log(2 * .pi * $1) / 2 }
    // Whole groups of 32 random numbers.
    let plane = (count * Self.lanes + 31) / 32 * 32
    let stride = (count + 15) / 16 * 16
    memory = AlignedArray(count: stride * (count + 2) + 7 * plane)
    let base = memory.mutablePointer()
    for row in 0..<count {
      for column in 0...row {
        base[row * stride + column] = Float(approximation.inverse[row * count + column])
      }
    }
    let (mean, precision) = (base + stride * count, base + stride * (count + 1))
    for latent in 0..<count {
      mean[latent] = Float(approximation.mean[latent])
      precision[latent] = Float(1 / approximation.variances[latent])
    }
    let planes = base + stride * (count + 2)
    rows = ChainRows(
      latents: count, factor: base, stride: stride, mean: mean, precision: precision,
      prior: kernel?.parameters(scale: target.prior.scale) ?? .init(), place: planes,
      momentum: planes + plane, latent: planes + 2 * plane, slope: planes + 3 * plane,
      pull: planes + 4 * plane)
    savedPlaces = planes + 5 * plane
    savedPulls = planes + 6 * plane
  }

  /// Random numbers of one run of chains: each transition has its own.
  struct Noise {
    private let seed: UInt64
    private let step: Int
    private var stream: RandomStream
    private var drawn = 0

    init(seed: UInt64, step: Int) {
      (self.seed, self.step) = (seed, step)
      stream = RandomStream(seed: seed, purpose: .evaluation, step: 2 * step)
    }

    mutating func uniform() -> Double { stream.uniform() }
    mutating func normal() -> Double { stream.normal() }
    mutating func laplace() -> Double { stream.laplace() }

    /// Fills `count` numbers of a plane with standard normal ones.
    mutating func fill(_ plane: UnsafeMutablePointer<Float>, count: Int) {
      let groups = (count + 31) / 32
      Kernels.elementwise.pointee.normals(
        groups, UInt64(drawn), seed, UInt32(truncatingIfNeeded: 2 * step + 1),
        RandomPurpose.evaluation.rawValue, plane)
      drawn += groups
    }
  }

  /// Puts all chains at draws of N(μ, Σ).
  func start(using noise: inout Noise) {
    noise.fill(rows.place, count: latents * Self.lanes)
    evaluate()
  }

  /// Puts all chains at z.
  func start(at codes: some Collection<Float>) {
    for (latent, place) in approximation.place(of: codes).enumerated() {
      for lane in 0..<Self.lanes { rows.place[latent * Self.lanes + lane] = Float(place) }
    }
    evaluate()
  }

  /// One transition that leaves N(z; μ, Σ)·exp(β·h(z)) invariant and is reversible with respect to
  /// it.
  ///
  /// - Parameter angle: of each of a trajectory's turns.
  /// - Returns: each chain's probability of acceptance.
  func transition(
    inverseTemperature beta: Double, angle: Double, using noise: inout Noise
  ) -> [Double] {
    let plane = latents * Self.lanes
    let angles = (0..<Self.lanes).map { _ in angle * (0.8 + 0.4 * noise.uniform()) }
    noise.fill(rows.momentum, count: plane)
    savedPlaces.update(from: rows.place, count: plane)
    savedPulls.update(from: rows.pull, count: plane)
    let (before, excessBefore) = (energies(beta), excess)

    let kicks = angles.map { Float($0 * beta) }
    let (cosines, sines) = (
      angles.map { Float(Double.cos($0)) }, angles.map { Float(Double.sin($0)) }
    )
    for step in 0..<leapfrogSteps {
      turn(step == 0 ? kicks.map { $0 / 2 } : kicks, cosines, sines)
      evaluate()
    }
    turn(
      kicks.map { $0 / 2 }, [Float](repeating: 1, count: Self.lanes),
      [Float](repeating: 0, count: Self.lanes))

    let after = energies(beta)
    var isKept = [Int32](repeating: 0, count: Self.lanes)
    let probabilities = (0..<Self.lanes).map { lane in
      let gain = before[lane] - after[lane]
      // A trajectory that diverged is at no point at all; min(0, NaN) would be 0.
      let probability = gain.isNaN ? 0 : Double.exp(min(0, gain))
      if noise.uniform() < probability {
        isKept[lane] = 1
      } else {
        excess[lane] = excessBefore[lane]
      }
      return probability
    }
    withUnsafePointer(to: rows) { Kernels.chains.restore($0, savedPlaces, savedPulls, isKept) }
    return probabilities
  }

  /// −log of each chain's density with its momentum, up to a constant.
  private func energies(_ beta: Double) -> [Double] {
    var energies = [Double](repeating: 0, count: Self.lanes)
    withUnsafePointer(to: rows) { Kernels.chains.energies($0, &energies) }
    for lane in 0..<Self.lanes { energies[lane] -= beta * excess[lane] }
    return energies
  }

  private func turn(_ kicks: [Float], _ cosines: [Float], _ sines: [Float]) {
    withUnsafePointer(to: rows) { Kernels.chains.turn($0, kicks, cosines, sines) }
  }

  /// z, h and ∂h/∂u of all chains.
  private func evaluate() {
    withUnsafePointer(to: rows) { rows in
      let kernels = Kernels.chains
      kernels.latents(rows)
      var sums = [Double](repeating: 0, count: Self.lanes)
      if kernel != nil { kernels.densities(rows, &sums) } else { densities(&sums) }
      let joint = sums.map { target.joint($0) }
      var quadratics = sums
      kernels.pull(rows, joint.map { Float($0.slope) }, &quadratics)
      for lane in 0..<Self.lanes {
        excess[lane] = joint[lane].value + quadratics[lane] + offset
      }
    }
  }

  /// The same of a prior that has no kernel.
  private func densities(_ sums: inout [Double]) {
    let prior = target.prior
    for latent in 0..<latents {
      for lane in 0..<Self.lanes {
        let place = latent * Self.lanes + lane
        let code = Double(rows.latent[place])
        sums[lane] += prior.logDensity(code)
        rows.slope[place] = Float(prior.score(code))
      }
    }
  }
}
