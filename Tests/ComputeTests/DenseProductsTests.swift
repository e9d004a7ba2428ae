import CKernels
import Compute
import TestSupport
import Testing

/// The three products of a dense layer, for every engine and instruction set, against the
/// definitions in Double.
@Suite struct DenseProductsTests {
  struct Shape: CustomTestStringConvertible {
    let inputs, outputs, patches: Int
    var testDescription: String { "\(inputs) inputs, \(outputs) outputs, \(patches) patches" }
  }

  static let shapes = [
    Shape(inputs: 1, outputs: 1, patches: 1), Shape(inputs: 15, outputs: 33, patches: 32),
    Shape(inputs: 29, outputs: 64, patches: 70), Shape(inputs: 144, outputs: 100, patches: 96),
    Shape(inputs: 40, outputs: 338, patches: 128),
  ]

  static var engines: [(name: String, engine: any DenseProducts)] {
    (0...svae_cpu_level()).map { ("level \($0)", PanelProducts(level: $0)) }
      + [("BLAS", BLASProducts())]
  }

  @Test(arguments: shapes) func `products equal their definitions`(_ shape: Shape) {
    let problem = DenseProblem(shape)
    for (name, engine) in Self.engines {
      let result = problem.run(engine, threads: 2)
      for (what, found, expected) in [
        ("outputs", result.output, problem.output),
        ("input gradient", result.inputGradient, problem.inputGradient),
        ("weight gradient", result.weightGradient, problem.weightGradient),
        ("bias gradient", result.biasGradient, problem.biasGradient),
      ] {
        #expect(found.count == expected.count)
        for (index, (a, b)) in zip(found, expected).enumerated() where abs(Double(a) - b) > 2e-4 {
          Issue.record("\(name), \(what)[\(index)]: \(a), expected \(b)")
          break
        }
      }
    }
  }

  @Test(arguments: shapes) func `results do not depend on the number of threads`(_ shape: Shape) {
    let problem = DenseProblem(shape)
    for (name, engine) in Self.engines {
      let one = problem.run(engine, threads: 1)
      for threads in [2, 3] {
        #expect(problem.run(engine, threads: threads) == one, "\(name), \(threads) threads")
      }
    }
  }

  @Test(arguments: shapes) func `adam in the weight gradient equals adam after it`(_ shape: Shape) {
    let problem = DenseProblem(shape)
    for (name, engine) in Self.engines {
      let fused = problem.run(engine, threads: 2, adam: true)
      let plain = problem.run(engine, threads: 1)
      var adam = DenseProblem.adam
      var weights = problem.weights.array
      var first = [Float](repeating: 0.25, count: weights.count)
      var second = [Float](repeating: 0.5, count: weights.count)
      svae_kernels().pointee.dense.adam(
        weights.count, &adam, plain.paddedWeightGradient, &weights, &first, &second)
      let updated = problem.logical(weights)
      #expect(
        zip(fused.weights, updated).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) },
        "\(name)")
    }
  }

  /// bfloat16 has 8 significant bits: each factor is off by at most 2⁻⁹ of itself.
  @Test(
    .enabled(if: MixedProducts.isAvailable, "needs a processor with bfloat16"), arguments: shapes)
  func `mixed products are within the rounding of their factors`(_ shape: Shape) throws {
    let problem = DenseProblem(shape)
    let results = try [1, 2, 3].map { threads in
      let engine = try #require(
        MixedProducts(
          units: max(shape.inputs, shape.outputs), patches: shape.patches, threads: threads))
      return problem.run(engine, threads: threads)
    }
    #expect(results[1] == results[0] && results[2] == results[0])
    for (what, found, expected, inner) in [
      ("outputs", results[0].output, problem.output, shape.inputs),
      ("input gradient", results[0].inputGradient, problem.inputGradient, shape.outputs),
      ("weight gradient", results[0].weightGradient, problem.weightGradient, shape.patches),
      ("bias gradient", results[0].biasGradient, problem.biasGradient, 1),
    ] {
      // Products have a mean size of about a half; errors add up like random steps.
      let bound = 2 * 0x1p-8 * Double(inner).squareRoot() + 1e-3
      for (index, (a, b)) in zip(found, expected).enumerated() where abs(Double(a) - b) > bound {
        Issue.record("\(what)[\(index)]: \(a), expected \(b)")
        break
      }
    }
  }

  @Test func `blocks are loaded and stored as they are`() {
    for level in 0...svae_cpu_level() {
      let kernels = svae_kernels_at(level).pointee.dense
      for (rows, columns) in [(32, 32), (1, 1), (17, 5), (31, 32), (5, 20)] {
        let stride = 37
        let source = (0..<rows * stride).map { Float($0) }
        var block = [Float](repeating: -1, count: 32 * 32)
        kernels.load_block(rows, columns, source, stride, nil, &block)
        for c in 0..<columns {
          for r in 0..<32 {
            #expect(block[32 * c + r] == (r < rows ? source[r * stride + c] : 0))
          }
        }
        let reversed = (0..<Int32(rows)).map { Int32(rows) - 1 - $0 }
        var scattered = [Float](repeating: -1, count: 32 * 32)
        kernels.load_block(rows, columns, source, stride, reversed, &scattered)
        for c in 0..<columns {
          for r in 0..<32 {
            #expect(scattered[32 * c + r] == (r < rows ? block[32 * c + rows - 1 - r] : 0))
          }
        }
        var back = [Float](repeating: -1, count: rows * stride)
        kernels.store_block(rows, columns, block, &back, stride)
        for r in 0..<rows {
          for c in 0..<stride {
            #expect(back[r * stride + c] == (c < columns ? source[r * stride + c] : -1))
          }
        }
      }
    }
  }
}
