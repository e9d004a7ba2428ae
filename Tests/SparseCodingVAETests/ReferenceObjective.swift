import Compute
import Distributions
import RealModule
@testable import SparseCodingVAE

/// −ELBO of a small model in Double, straight from the definitions: what gradients are held against.
struct ReferenceObjective {
  var tensors: [String: NamedTensor]
  let model: SparseVAE
  let patches: Matrix
  /// ε of each patch and latent, `[patches, latents]`.
  let noise: [[Double]]
  let divergenceWeight: Double

  init(_ model: SparseVAE, patches: Matrix, noise: [[Double]], divergenceWeight: Double) {
    self.model = model
    self.patches = patches
    self.noise = noise
    self.divergenceWeight = divergenceWeight
    tensors = Dictionary(uniqueKeysWithValues: model.namedTensors.map { ($0.name, $0) })
  }

  /// Nats per patch, mean over patches, with parameter `index` of tensor `name` at `value`.
  func value(_ name: String? = nil, _ index: Int = 0, at value: Double = 0) -> Double {
    var values = tensors.mapValues { $0.elements.map(Double.init) }
    if let name { values[name]?[index] = value }
    let parameters = values
    func tensor(_ name: String) -> [Double] { parameters[name] ?? [] }
    func dense(_ layer: String, _ x: [Double], rectified: Bool) -> [Double] {
      let (weight, bias) = (tensor("\(layer).weight"), tensor("\(layer).bias"))
      return bias.indices.map { output in
        var sum = bias[output]
        for input in x.indices { sum += weight[output * x.count + input] * x[input] }
        return rectified ? max(0, sum) : sum
      }
    }
    let latents = model.configuration.latents
    let pixels = model.configuration.pixels
    var prior = model.configuration.prior
    prior.scale = .exp(tensor("prior_log_scale")[0])
    let logNoise = tensor("noise_log_scale")[0]
    let (filters, bias) = (tensor("decoder.weight"), tensor("decoder.bias"))
    var total = 0.0
    for row in 0..<patches.rows {
      var x = patches.row(row).map { Double($0) }
      let patch = x
      let mean: [Double]
      let logScale: [Double]
      switch model.configuration.network {
      case .trunk(let widths):
        for level in widths.indices { x = dense("encoder.trunk.\(level)", x, rectified: true) }
        mean = dense("encoder.mean", x, rectified: false)
        logScale = dense("encoder.log_scale", x, rectified: false)
      case .branches(let trunk, let means, let logScales):
        for level in trunk.indices { x = dense("encoder.trunk.\(level)", x, rectified: true) }
        func branch(_ name: String, _ count: Int) -> [Double] {
          (0...count).reduce(x) {
            dense("encoder.\(name).\($1)", $0, rectified: $1 < count)
          }
        }
        mean = branch("mean", means.count)
        logScale = branch("log_scale", logScales.count)
      }
      let range = model.configuration.logScaleRange
      var z: [Double] = []
      for k in 0..<latents {
        let l = min(max(logScale[k], Double(range.lowerBound)), Double(range.upperBound))
        z.append(mean[k] + .exp(l) * noise[row][k])
        let posterior = model.configuration.posterior.type.init(
          mean: mean[k], scale: .exp(l))
        total += divergenceWeight
          * (posterior.divergence(from: prior)?.value
            ?? -posterior.entropy - prior.logDensity(z[k]))
      }
      for d in 0..<pixels {
        var reconstruction = bias[d]
        for k in 0..<latents { reconstruction += filters[d * latents + k] * z[k] }
        let error = patch[d] - reconstruction
        total += error * error / 2 * .exp(-2 * logNoise) + logNoise + .log(2 * .pi) / 2
      }
    }
    return total / Double(patches.rows)
  }
}
