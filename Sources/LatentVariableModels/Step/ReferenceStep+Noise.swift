import Compute
import RealModule

/// Where noise is the same in all directions, in double precision.
struct ReferenceWhitening {
  /// Whether there is anything to do.
  let isNeeded: Bool
  /// W, `[pixels][directions]`; columns of directions that are left out are 0.
  private var matrix: [[Double]] = []
  private var isKept: [Bool] = []
  /// The decoder in pixels.
  private var filters: [Double] = [], bias: [Double] = []

  /// Puts Ψ and b' in place of Φ and b.
  init(_ values: inout ReferenceStep.Tensors) {
    guard let directions = values[ParameterLayout.noiseDirections],
      let variances = values["noise_direction_variances"], let profile = values["noise_profile"],
      let filters = values["decoder.weight"], let bias = values["decoder.bias"]
    else {
      isNeeded = false
      return
    }
    isNeeded = true
    let pixels = bias.count
    (self.filters, self.bias, isKept) = (filters, bias, variances.map { $0 > 0 })
    matrix = (0..<pixels).map { pixel in
      (0..<pixels).map { directions[$0 * pixels + pixel] * Double.exp(-profile[$0]) }
    }
    let latents = filters.count / pixels
    for latent in 0..<latents {
      let row = whitened((0..<pixels).map { filters[$0 * latents + latent] })
      for pixel in 0..<pixels { values["decoder.weight"]?[pixel * latents + latent] = row[pixel] }
    }
    values["decoder.bias"] = whitened(bias)
  }

  /// x'
  func whitened(_ x: [Double]) -> [Double] {
    guard isNeeded else { return x }
    return x.indices.map { direction in
      zip(x, matrix).reduce(0) { $0 + $1.0 * $1.1[direction] }
    }
  }

  /// What −log p(x) has beyond the objective, and puts Φ, b and their gradients, and that of ρ, back
  /// in place: `gradient` holds Σ x'·∂L/∂x̂' for the last.
  func undo(
    _ values: inout ReferenceStep.Tensors, _ gradient: inout ReferenceStep.Tensors
  ) -> Double {
    guard isNeeded, let whitened = values["decoder.weight"],
      let slopes = gradient["decoder.weight"], let biasSlopes = gradient["decoder.bias"]
    else { return 0 }
    let (pixels, latents) = (bias.count, filters.count / max(1, bias.count))
    for direction in 0..<pixels {
      var slope = 1 + (gradient["noise_profile"]?[direction] ?? 0)
      slope -= (values["decoder.bias"]?[direction] ?? 0) * biasSlopes[direction]
      for index in direction * latents..<(direction + 1) * latents {
        slope -= whitened[index] * slopes[index]
      }
      gradient["noise_profile"]?[direction] = isKept[direction] ? slope : 0
    }
    for pixel in 0..<pixels {
      func back(_ slope: (Int) -> Double) -> Double {
        (0..<pixels).reduce(0) { $0 + matrix[pixel][$1] * slope($1) }
      }
      gradient["decoder.bias"]?[pixel] = back { biasSlopes[$0] }
      for latent in 0..<latents {
        gradient["decoder.weight"]?[pixel * latents + latent] = back {
          slopes[$0 * latents + latent]
        }
      }
    }
    (values["decoder.weight"], values["decoder.bias"]) = (filters, bias)
    return correct(values, &gradient)
  }

  /// Directions that are left out have no noise either.
  private func correct(
    _ values: ReferenceStep.Tensors, _ gradient: inout ReferenceStep.Tensors
  ) -> Double {
    let leftOut = Double(isKept.filter { !$0 }.count)
    gradient["noise_log_scale"]?[0] -= leftOut
    let logNoise = values["noise_log_scale"]?[0] ?? .nan
    let logDeterminant = zip(values["noise_profile"] ?? [], isKept).reduce(0) {
      $0 + ($1.1 ? $1.0 : 0)
    }
    return logDeterminant - leftOut * (logNoise + Double.log(2 * .pi) / 2)
  }

  /// Puts ρ back into its range.
  static func keepInRange(_ values: inout ReferenceStep.Tensors) {
    guard let variances = values["noise_direction_variances"],
      let logNoise = values["noise_log_scale"]?[0]
    else { return }
    for (direction, variance) in variances.enumerated() where variance > 0 {
      let range = NoiseWeights.range(variance: variance, noiseVariance: .exp(2 * logNoise))
      let profile = values["noise_profile"]?[direction] ?? .nan
      values["noise_profile"]?[direction] = min(
        max(profile, range.lowerBound), range.upperBound)
    }
  }
}
