import Compute
import Distributions
import RealModule

extension Inference {
  /// One sample of q(z | x) for each row of `patches` [N, pixels]; of a structured posterior with its
  /// covariance.
  ///
  /// - Parameters:
  ///   - seed: of the samples.
  ///   - first: the number of the first patch; each sample is a function of seed and number.
  public func sample(_ patches: Matrix, seed: UInt64, first: Int = 0) -> Matrix {
    func normals(_ row: Int, _ count: Int) -> [Double] {
      var random = RandomStream(seed: seed, purpose: .evaluation, step: first + row)
      return (0..<count).map { _ in random.normal() }
    }
    if model.parts.latents.structured != nil { return structuredSamples(patches, normals) }
    if model.parts.latents.hasMomentsOnly {
      let (rule, scale) = (model.parts.latents, model.priorScale)
      return codes(of: patches) { row in
        var random = RandomStream(seed: seed, purpose: .evaluation, step: first + row)
        return { rule.sample($0, priorScale: scale, using: &random) }
      }
    }
    let posteriors = encode(patches)
    var codes = posteriors.mean
    for row in 0..<codes.rows {
      var random = RandomStream(seed: seed, purpose: .evaluation, step: first + row)
      for latent in 0..<codes.columns {
        let noise = model.parts.latents.noise == .normal ? random.normal() : random.laplace()
        codes[row, latent] += Float(
          Double.exp(Double(posteriors.logScale[row, latent])) * noise)
      }
    }
    return codes
  }

  /// By Matheron's rule: with z₀ ~ N(0, diag c) and x₀ = Φᵀz₀ and noise, z₀ + μ(x − x₀) has the
  /// covariance Σ about μ(x).
  private func structuredSamples(
    _ patches: Matrix, _ normals: (_ row: Int, _ count: Int) -> [Double]
  ) -> Matrix {
    let priorVariances = priorVariances(of: patches)
    var (codes, shifted) = (priorVariances, patches)
    let decoder = model.isotropicDecoder
    var noise = Matrix(rows: codes.rows, columns: decoder.bias.count)
    for row in 0..<codes.rows {
      let normals = normals(row, codes.columns + noise.columns)
      for latent in 0..<codes.columns {
        codes[row, latent] = priorVariances[row, latent].squareRoot() * Float(normals[latent])
      }
      for direction in 0..<noise.columns {
        noise[row, direction] = Float(normals[codes.columns + direction])
      }
    }
    let explained = LinearAlgebra.product(codes, model.filters)
    for (index, noise) in decoder.noise(from: noise).elements.enumerated() {
      shifted.elements[index] -= noise + explained.elements[index]
    }
    let means = means(of: shifted, as: patches)
    for index in codes.elements.indices { codes.elements[index] += means.elements[index] }
    return codes
  }

  /// c of a structured posterior, `[patches, latents]`.
  package func priorVariances(of patches: Matrix) -> Matrix {
    var result = emptyPosteriors(patches.rows).mean
    guard let structured = step.latents.structured else { return result }
    forEachChunk(of: patches) { start in
      perform { engine in
        step.encode(on: engine)
        engine.draw(step.latents, sample: 0)
      }
      read(structured.priorVariance, start, into: &result)
    }
    return result
  }

  /// The mean that a structured posterior has for `patches` with the c of others.
  func means(of patches: Matrix, as others: Matrix) -> Matrix {
    var result = emptyPosteriors(patches.rows).mean
    forEachChunk(of: others) { start in
      perform { engine in
        step.encode(on: engine)
        engine.draw(step.latents, sample: 0)
      }
      withRows(of: patches, from: start) {
        perform { engine in
          step.drive(on: engine)
          engine.resolve(step.latents)
        }
      }
      read(step.latents.z, start, into: &result)
    }
    return result
  }
}
