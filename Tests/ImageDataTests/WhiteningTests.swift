import Compute
import Foundation
import Testing

@testable import ImageData

@Suite struct WhiteningTests {
  private func noise(_ height: Int, _ width: Int) -> RasterImage {
    var stream = RandomStream(seed: 5, purpose: .initialization)
    return RasterImage(
      height: height, width: width,
      pixels: (0..<height * width).map { _ in Float(stream.uniform()) })
  }

  /// Against the definition: the image beside its mirror images, its Fourier sum term by term,
  /// each times R(f), and the inverse sum.
  @Test(arguments: [(6, 5), (4, 7), (1, 8)])
  func `the filter equals the Fourier sum over the mirrored image`(
    height: Int, width: Int
  ) {
    let image = noise(height, width)
    let (rows, columns) = (2 * height, 2 * width)
    func mirrored(_ y: Int, _ x: Int) -> Double {
      Double(image[y < height ? y : rows - 1 - y, x < width ? x : columns - 1 - x])
    }
    var expected = [Double](repeating: 0, count: height * width)
    for v in 0..<rows {
      for u in 0..<columns {
        let fy = Double(min(v, rows - v)) / Double(rows)
        let fx = Double(min(u, columns - u)) / Double(columns)
        let f = (fy * fy + fx * fx).squareRoot()
        let response = f * exp(-pow(f / 0.4, 4))
        func angle(_ y: Int, _ x: Int) -> Double {
          2 * .pi * (Double(v * y) / Double(rows) + Double(u * x) / Double(columns))
        }
        var (re, im) = (0.0, 0.0)
        for y in 0..<rows {
          for x in 0..<columns {
            re += mirrored(y, x) * cos(angle(y, x))
            im -= mirrored(y, x) * sin(angle(y, x))
          }
        }
        for y in 0..<height {
          for x in 0..<width {
            expected[y * width + x] +=
              response * (re * cos(angle(y, x)) - im * sin(angle(y, x)))
              / Double(rows * columns)
          }
        }
      }
    }
    let whitened = OlshausenFieldFilter(cutoff: 0.4)(image)
    for (pixel, value) in zip(whitened.pixels, expected) {
      #expect(abs(Double(pixel) - value) < 1e-6)
    }
  }

  @Test func `a constant image whitens to nothing`() {
    let image = RasterImage(height: 9, width: 10, pixels: Array(repeating: 0.7, count: 90))
    #expect(OlshausenFieldFilter()(image).pixels.allSatisfy { abs($0) < 1e-7 })
  }

  @Test func `a brightness gradient leaves no edge artefact in the patches`() {
    // Wrapped around, a ramp has a jump of its full height; mirrored, it has only a kink.
    let (n, border) = (64, 4)
    let ramp = RasterImage(
      height: n, width: n, pixels: (0..<n * n).map { Float($0 % n) / Float(n) })
    let whitened = OlshausenFieldFilter()(ramp)
    for y in border..<n - border {
      for x in border..<n - border {
        #expect(abs(whitened[y, x]) < 0.005, "(\(y), \(x))")
      }
    }
  }

  @Test func `filtering on two threads equals filtering on one`() {
    let images = (0..<8).map { noise(30 + $0, 41) }
    let together = ThreadTeam(count: 2).map(8) { OlshausenFieldFilter()(images[$0]) }
    #expect(together == images.map { OlshausenFieldFilter()($0) })
  }

  @Test(arguments: [Whitening.pca, .zca])
  func `whitened patches have the identity as covariance, up to a scale`(
    whitening: Whitening
  ) throws {
    var patches = correlatedPatches()
    var preprocessing = preprocessing(whitening)
    try preprocessing.fit(&patches, epsilon: 0)
    let covariance = covarianceMatrix(of: patches)
    for r in 0..<6 {
      for c in 0..<6 {
        #expect(abs(covariance[r * 6 + c] - (r == c ? 1 : 0)) < 1e-3, "(\(r), \(c))")
      }
    }
  }

  @Test(arguments: [Whitening.pca, .zca, .none])
  func `new patches are treated as those of the fit, and restored`(whitening: Whitening) throws {
    let original = correlatedPatches()
    var fitted = original
    var preprocessing = preprocessing(whitening)
    try preprocessing.fit(&fitted, epsilon: 0.01)
    #expect(abs(PatchStatistics(of: fitted).pixelVariance - 1) < 1e-4)
    var again = original
    preprocessing.apply(to: &again)
    #expect(zip(again.elements, fitted.elements).allSatisfy { abs($0 - $1) < 1e-4 })
    let restored = preprocessing.restored(fitted)
    #expect(zip(restored.elements, original.elements).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `ZCA is symmetric`() throws {
    var patches = correlatedPatches()
    var preprocessing = preprocessing(.zca)
    try preprocessing.fit(&patches, epsilon: 0.01)
    let matrix = try #require(preprocessing.components).whiteningMatrix(.zca)
    #expect(zip(matrix.elements, matrix.transposed.elements).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test(arguments: Whitening.allCases)
  func `a preprocessing survives being stored`(whitening: Whitening) throws {
    var patches = correlatedPatches()
    var preprocessing = preprocessing(whitening)
    try preprocessing.fit(&patches, epsilon: 0.01)
    let stored = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: stored) == preprocessing)
  }

  private func preprocessing(_ whitening: Whitening) -> Preprocessing {
    Preprocessing(
      kind: .whole, patchHeight: 2, patchWidth: 3, luminance: .gamma, whitening: whitening,
      cutoff: 0.4, border: 0, removesPatchMean: false, scale: 1)
  }

  /// `[5000, 6]`, each pixel like its neighbours.
  private func correlatedPatches() -> Matrix {
    var stream = RandomStream(seed: 7, purpose: .initialization)
    var patches = Matrix(rows: 5000, columns: 6)
    for row in 0..<5000 {
      var value = stream.normal()
      for column in 0..<6 {
        value = 0.8 * value + 0.6 * stream.normal()
        patches[row, column] = Float(0.3 + 0.2 * value)
      }
    }
    return patches
  }
}
