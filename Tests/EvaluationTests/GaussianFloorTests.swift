import Compute
import Evaluation
import RealModule
import Testing

@Suite struct GaussianFloorTests {
  /// Patches of three correlated pixels, x₂ = x₀ + x₁ exactly: one direction is empty.
  private static func patches(_ count: Int, seed: UInt64) -> Matrix {
    var random = RandomStream(seed: seed, purpose: .evaluation)
    var patches = Matrix(rows: count, columns: 3)
    for row in 0..<count {
      let (a, b) = (random.normal(), random.normal())
      patches[row, 0] = Float(2 * a + 1)
      patches[row, 1] = Float(0.5 * b + a)
      patches[row, 2] = patches[row, 0] + patches[row, 1]
    }
    return patches
  }

  /// ½(log det 2πΣ + (x − m)ᵀΣ⁻¹(x − m)) with Σ = C + (what lifts the empty direction to σ²), from
  /// the population's C = A·Aᵀ; along the empty direction (1, 1, −1)/√3 the deviation is constant.
  @Test func `it is the density of the population, where a direction is empty too`() throws {
    let floor = try #require(GaussianFloor(of: Self.patches(400_000, seed: 1)))
    let test = Self.patches(20_000, seed: 2)
    // Within the plane: the two variables a and b, of which a patch is a linear map of volume √det AᵀA.
    let gram = (aa: 4.0 + 1 + 9, ab: 0.5 + 3 * 0.5, bb: 0.25 + 0.25)
    let volume = Double.sqrt(gram.aa * gram.bb - gram.ab * gram.ab)
    for sigma in [0.05, 0.1] {
      let inPlane = Double.log(2 * .pi) + Double.log(volume) + 1
      let empty = Double.log(2 * .pi * sigma * sigma) / 2
      let found = floor.negativeLogLikelihood(of: test, noiseVariance: sigma * sigma)
      #expect(abs(found - inPlane - empty) < 0.02, "\(found), \(inPlane + empty)")
    }
  }

  @Test func `no other variance along a direction is likelier for its own patches`() throws {
    let patches = Self.patches(2000, seed: 3)
    let floor = try #require(GaussianFloor(of: patches))
    let least = floor.negativeLogLikelihood(of: patches, noiseVariance: 1e-3)
    // Scaled patches are another Gaussian's: in the plane log det moves by 2·log factor.
    for factor in [0.9, 1.1] {
      var scaled = patches
      let mean = (0..<3).map { column in
        (0..<patches.rows).reduce(0.0) { $0 + Double(patches[$1, column]) } / Double(patches.rows)
      }
      for row in 0..<patches.rows {
        for column in 0..<3 {
          scaled[row, column] = Float(
            mean[column] + (Double(patches[row, column]) - mean[column]) / factor)
        }
      }
      let other =
        floor.negativeLogLikelihood(of: scaled, noiseVariance: 1e-3) + 2 * Double.log(factor)
      #expect(other > least + 1e-3, "\(factor)")
    }
  }

  @Test func `there is none of no patches, of very large ones, and of those with NaN`() {
    #expect(GaussianFloor(of: Matrix(rows: 0, columns: 4)) == nil)
    #expect(GaussianFloor(of: Matrix(rows: 2, columns: GaussianFloor.mostPixels + 1)) == nil)
    #expect(GaussianFloor(of: Matrix(rows: 1, columns: 2, elements: [.nan, 1])) == nil)
  }
}
