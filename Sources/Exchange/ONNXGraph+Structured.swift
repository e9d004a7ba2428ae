import Compute
import Distributions
import LatentVariableModels

extension SparseVAE {
  /// Why this model's encoder cannot be written in ONNX; nil where it can.
  var obstacleToONNX: String? {
    guard configuration.posterior == .structured else { return nil }
    let prior = type(of: configuration.prior).name
    if prior != LaplacePrior.name {
      return
        "its posterior is structured and its prior \(prior): ONNX is written for the laplace prior"
    }
    return configuration.refinements > 0
      ? "its posterior refines the encoder's answer by variances, which ONNX has no operator for"
      : nil
  }
}

extension ONNXGraph {
  /// Steps of conjugate gradients; their error falls by a factor of about 0.85 in each.
  private static let steps = 96

  /// `head.mean`, `log_scale` → `prior_variance`, c = s·√(m² + e^2ℓ), and `mean`, μ = C·Φα, where
  /// (σ²I + ΦᵀCΦ)α = x − b is solved by conjugate gradients: there is no operator for it.
  mutating func condition(on patch: String, of model: SparseVAE) {
    let decoder = model.isotropicDecoder
    constant("filters", decoder.filters)
    constant("bias", Matrix(rows: 1, columns: decoder.bias.count, elements: decoder.bias))
    let ones = [Float](repeating: 1, count: decoder.bias.count)
    constant("ones", Matrix(rows: ones.count, columns: 1, elements: ones))
    let scales = model.relativePriorScales ?? [1]
    constant(
      "prior.scale",
      Matrix(
        rows: 1, columns: scales.count, elements: scales.map { $0 * Float(model.priorScale) }))
    constant("noise.variance", Float(model.noiseVariance))
    constant("two", 2)
    constant("least", 1e-30)
    apply("Mul", ["log_scale", "two"], to: "log_variance")
    apply("Exp", ["log_variance"], to: "variance")
    apply("Mul", ["head.mean", "head.mean"], to: "square")
    apply("Add", ["square", "variance"], to: "moment")
    apply("Sqrt", ["moment"], to: "magnitude")
    apply("Mul", ["magnitude", "prior.scale"], to: "prior_variance")
    apply("Transpose", ["filters"], to: "filters.transposed", [("perm", .integers([1, 0]))])
    if let whitening = decoder.whitening {
      constant("whitening", whitening)
      apply("MatMul", [patch, "whitening"], to: "whitened")
    }
    apply("Sub", [decoder.whitening == nil ? patch : "whitened", "bias"], to: "residual.0")
    apply("Sub", ["residual.0", "residual.0"], to: "solution.0")
    apply("Identity", ["residual.0"], to: "direction.0")
    energy("residual.0", "residual.0", to: "energy.0")
    for step in 0..<Self.steps { conjugateGradient(step) }
    latents("solution.\(Self.steps)", to: "mean")
  }

  /// C·Φx
  private mutating func latents(_ x: String, to output: String) {
    apply("MatMul", [x, "filters.transposed"], to: "\(output).match")
    apply("Mul", ["\(output).match", "prior_variance"], to: output)
  }

  /// Σ a·b of each row.
  private mutating func energy(_ a: String, _ b: String, to output: String) {
    apply("Mul", [a, b], to: "\(output).products")
    apply("MatMul", ["\(output).products", "ones"], to: output)
  }

  private mutating func conjugateGradient(_ step: Int) {
    func now(_ name: String) -> String { "\(name).\(step)" }
    func next(_ name: String) -> String { "\(name).\(step + 1)" }
    latents(now("direction"), to: now("codes"))
    apply("MatMul", [now("codes"), "filters"], to: now("signal"))
    apply("Mul", [now("direction"), "noise.variance"], to: now("noise"))
    apply("Add", [now("signal"), now("noise")], to: now("image"))
    energy(now("direction"), now("image"), to: now("curvature"))
    func ratio(_ a: String, _ b: String, to output: String) {
      apply("Add", [b, "least"], to: "\(output).divisor")
      apply("Div", [a, "\(output).divisor"], to: output)
    }
    ratio(now("energy"), now("curvature"), to: now("length"))
    apply("Mul", [now("direction"), now("length")], to: now("move"))
    apply("Add", [now("solution"), now("move")], to: next("solution"))
    apply("Mul", [now("image"), now("length")], to: now("gain"))
    apply("Sub", [now("residual"), now("gain")], to: next("residual"))
    energy(next("residual"), next("residual"), to: next("energy"))
    ratio(next("energy"), now("energy"), to: now("share"))
    apply("Mul", [now("direction"), now("share")], to: now("carried"))
    apply("Add", [next("residual"), now("carried")], to: next("direction"))
  }
}
