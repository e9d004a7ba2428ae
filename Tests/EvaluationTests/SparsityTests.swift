import Compute
import RealModule
import Testing

@testable import Evaluation

@Suite struct SparsityTests {
  private func codes(_ draw: (inout RandomStream) -> Double) -> Matrix {
    var stream = RandomStream(seed: 5, purpose: .evaluation)
    return Matrix(
      rows: 2000, columns: 50, elements: (0..<100_000).map { _ in Float(draw(&stream)) })
  }

  @Test func `excess kurtosis is 0 for Gaussian and 3 for Laplace codes`() throws {
    let gaussian = Sparsity(of: codes { $0.normal() })
    let laplace = Sparsity(
      of: codes { $0.uniform() < 0.5 ? .log($0.uniform()) : -.log($0.uniform()) })
    #expect(abs(try #require(gaussian.excessKurtosis)) < 0.1)
    #expect(abs(try #require(laplace.excessKurtosis) - 3) < 0.3)
    // E|z|²/E z² is 2/π for Gaussian, ½ for Laplace.
    #expect(abs(try #require(gaussian.lifetimeSparseness) - (1 - 2 / Double.pi)) < 0.01)
    #expect(abs(try #require(laplace.lifetimeSparseness) - 0.5) < 0.01)
  }

  @Test func `one-hot codes are as sparse as can be and dense ones not at all`() throws {
    var oneHot = Matrix(rows: 8, columns: 8)
    for k in 0..<8 { oneHot[k, k] = -3 }
    let sparse = Sparsity(of: oneHot)
    let dense = Sparsity(of: Matrix(rows: 8, columns: 8, repeating: 2))
    for measure in [sparse.hoyer, sparse.lifetimeSparseness, sparse.populationSparseness] {
      #expect(abs(try #require(measure) - 1) < 1e-12)
    }
    for measure in [dense.hoyer, dense.lifetimeSparseness, dense.populationSparseness] {
      #expect(abs(try #require(measure)) < 1e-12)
    }
    #expect(sparse.activeLatents == 1)
    #expect(sparse.activeShare == 0.125)
    #expect(dense.activeShare == 1)
    #expect(dense.excessKurtosis == nil)
  }

  @Test func `the threshold is relative to the codes' root mean square`() {
    let matrix = Matrix(rows: 1, columns: 4, elements: [0, 0.05, 1, -2])
    for scale in [1e-3, 1, 1e3] as [Float] {
      let scaled = Matrix(rows: 1, columns: 4, elements: matrix.elements.map { $0 * scale })
      #expect(Sparsity(of: scaled).activeLatents == 2)
      #expect(Sparsity(of: scaled, relativeThreshold: 0).activeLatents == 3)
    }
  }

  @Test func `silent codes leave every ratio undefined`() {
    let sparsity = Sparsity(of: Matrix(rows: 3, columns: 4))
    #expect(sparsity.activeLatents == 0)
    #expect(sparsity.hoyer == nil)
    #expect(sparsity.excessKurtosis == nil)
    #expect(sparsity.lifetimeSparseness == nil)
    #expect(sparsity.populationSparseness == nil)
  }
}
