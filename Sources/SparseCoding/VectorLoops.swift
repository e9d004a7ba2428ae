/// Σ x·y over a row of codes: `count` is a multiple of 16 and the rows are aligned to it.
func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
  var sum = SIMD16<Float>()
  for first in stride(from: 0, to: count, by: 16) {
    sum.addProduct(
      UnsafeRawPointer(x + first).load(as: SIMD16<Float>.self),
      UnsafeRawPointer(y + first).load(as: SIMD16<Float>.self))
  }
  return sum.sum()
}

/// y ← y + a·x
func add(
  _ a: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int
) {
  for k in 0..<count { y[k] += a * x[k] }
}
