import Compute

extension Inference {
  /// The most probable code of each row of `patches` [N, pixels]: of posteriors with an atom exactly 0
  /// where that is the greater part, of counts whole counts; else the mean.
  public func modes(_ patches: Matrix) -> Matrix {
    let (rule, scale) = (model.parts.latents, model.priorScale)
    guard rule.hasMomentsOnly else { return encode(patches).mean }
    return codes(of: patches) { _ in { heads in rule.mode(heads, priorScale: scale) } }
  }

  /// Codes that are made of each latent's own heads, followed by its prior's further number.
  ///
  /// - Parameter maker: gives, for a row of `patches`, what makes a code of a latent's heads.
  func codes(
    of patches: Matrix, by maker: (_ row: Int) -> (SIMD4<Double>) -> Double
  ) -> Matrix {
    let (rule, latents) = (model.parts.latents, model.layout.latents)
    var heads = Matrix(rows: patches.rows, columns: rule.headCount * latents)
    forEachChunk(of: patches) { start in
      perform { step.encode(on: $0) }
      read(step.latents.heads, start, into: &heads)
    }
    var result = Matrix(rows: patches.rows, columns: latents)
    for row in 0..<patches.rows {
      let make = maker(row)
      for latent in 0..<latents {
        var own = SIMD4<Double>.zero
        for head in 0..<rule.headCount { own[head] = Double(heads[row, head * latents + latent]) }
        if let number = model.priorNumber(of: latent) { own[rule.headCount] = number }
        result[row, latent] = Float(make(own))
      }
    }
    return result
  }
}
