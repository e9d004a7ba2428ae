import Compute
import Evaluation
import RealModule

/// 2,000 patches of 12 × 12 pixels.
let bandPassPatches = bandPassNoise(side: 12, patches: 2000, seed: 11)

/// 1,000 patches of 28 × 28 pixels.
let bandPassDigits = bandPassNoise(side: 28, patches: 1000, seed: 11)

/// Random patches with a band-pass spectrum, as whitened images have: white noise less its
/// blurred self, blurred.
private func bandPassNoise(side: Int, patches: Int, seed: UInt64) -> Matrix {
  let margin = 6
  let wide = side + 2 * margin
  let noise = NoiseFilters.white(filters: patches, pixels: wide * wide, seed: seed)
  func blur(_ image: [Float], deviation: Double) -> [Float] {
    let kernel = (-margin...margin).map { offset in
      let distance = Double(offset) / deviation
      return Double.exp(-distance * distance / 2) / (deviation * 2.506_628_274_631)
    }
    var current = image
    for stride in [1, wide] {
      let source = current
      for y in 0..<wide {
        for x in 0..<wide {
          let position = stride == 1 ? x : y
          var sum = 0.0
          for (k, weight) in kernel.enumerated() {
            let other = position + k - margin
            if other >= 0 && other < wide {
              sum += weight * Double(source[y * wide + x + (other - position) * stride])
            }
          }
          current[y * wide + x] = Float(sum)
        }
      }
    }
    return current
  }
  var result = Matrix(rows: patches, columns: side * side)
  for patch in 0..<patches {
    let narrow = blur(Array(noise.row(patch)), deviation: 0.7)
    let broad = blur(narrow, deviation: 2)
    for y in 0..<side {
      for x in 0..<side {
        let index = (y + margin) * wide + x + margin
        result[patch, y * side + x] = narrow[index] - broad[index]
      }
    }
  }
  return result
}
