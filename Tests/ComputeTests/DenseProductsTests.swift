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
    let problem = Problem(shape)
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
    let problem = Problem(shape)
    for (name, engine) in Self.engines {
      let one = problem.run(engine, threads: 1)
      for threads in [2, 3] {
        #expect(problem.run(engine, threads: threads) == one, "\(name), \(threads) threads")
      }
    }
  }

  @Test(arguments: shapes) func `adam in the weight gradient equals adam after it`(_ shape: Shape) {
    let problem = Problem(shape)
    for (name, engine) in Self.engines {
      let fused = problem.run(engine, threads: 2, adam: true)
      let plain = problem.run(engine, threads: 1)
      var adam = Problem.adam
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
    let problem = Problem(shape)
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

/// A layer with random numbers, and its products by the definitions.
private struct Problem {
  let shape: DenseProductsTests.Shape
  let weights: AlignedArray
  private let bias: AlignedArray
  private let input: AlignedArray
  private let outputGradient: AlignedArray
  private(set) var output: [Double] = []
  private(set) var inputGradient: [Double] = []
  private(set) var weightGradient: [Double] = []
  private(set) var biasGradient: [Double] = []

  static var adam: svae_adam {
    svae_adam(step_size: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, root_correction: 1.5)
  }

  struct Result: Equatable {
    var output, inputGradient, weightGradient, biasGradient, weights, paddedWeightGradient: [Float]
  }

  private var blocks: Int { DenseLayout.blocks(for: shape.patches) }

  init(_ shape: DenseProductsTests.Shape) {
    self.shape = shape
    var random = RandomStream(seed: 11, purpose: .initialization)
    let (inputs, outputs) = (shape.inputs, shape.outputs)
    let blocks = DenseLayout.blocks(for: shape.patches)
    func numbers(_ units: Int, _ random: inout RandomStream) -> [[Double]] {
      (0..<shape.patches).map { _ in
        (0..<units).map { _ in Double(Float(max(-0.5, random.normal()))) }
      }
    }
    func packed(_ rows: [[Double]], _ units: Int) -> AlignedArray {
      var array = AlignedArray(count: blocks * units * 32)
      for (patch, row) in rows.enumerated() {
        for (unit, value) in row.enumerated() {
          array[(patch / 32 * units + unit) * 32 + patch % 32] = Float(value)
        }
      }
      return array
    }
    // Rectified inputs, so that some are exactly 0.
    let x = numbers(inputs, &random).map { $0.map { max(0, $0) } }
    let gradient = numbers(outputs, &random)
    var w = AlignedArray(count: DenseLayout.padded(outputs) * inputs)
    var b = AlignedArray(count: DenseLayout.padded(outputs))
    var plain = [[Double]](repeating: [], count: inputs)
    for k in 0..<inputs {
      for n in 0..<outputs {
        let value = Float(random.normal() / 4)
        w[DenseLayout.weightIndex(input: k, output: n, inputs: inputs)] = value
        plain[k].append(Double(value))
      }
    }
    for n in 0..<outputs { b[n] = Float(random.normal()) }
    weights = w
    bias = b
    input = packed(x, inputs)
    outputGradient = packed(gradient, outputs)
    for patch in 0..<shape.patches {
      for n in 0..<outputs {
        output.append(
          max(0, (0..<inputs).reduce(Double(b[n])) { $0 + x[patch][$1] * plain[$1][n] }))
      }
      for k in 0..<inputs {
        inputGradient.append(
          x[patch][k] > 0 ? (0..<outputs).reduce(0) { $0 + gradient[patch][$1] * plain[k][$1] } : 0)
      }
    }
    for k in 0..<inputs {
      for n in 0..<outputs {
        weightGradient.append(
          (0..<shape.patches).reduce(0) { $0 + x[$1][k] * gradient[$1][n] })
      }
    }
    for n in 0..<outputs { biasGradient.append(gradient.reduce(0) { $0 + $1[n] }) }
  }

  /// Weights out of their panels, `[inputs, outputs]`.
  func logical(_ panels: [Float]) -> [Float] {
    (0..<shape.inputs).flatMap { k in
      (0..<shape.outputs).map {
        panels[DenseLayout.weightIndex(input: k, output: $0, inputs: shape.inputs)]
      }
    }
  }

  func run(_ engine: any DenseProducts, threads: Int, adam: Bool = false) -> Result {
    let (inputs, outputs) = (shape.inputs, shape.outputs)
    var (weights, bias, input, gradient) = (weights, bias, input, outputGradient)
    var output = AlignedArray(count: blocks * outputs * 32)
    var inputGradient = AlignedArray(count: blocks * inputs * 32)
    var weightGradient = AlignedArray(count: weights.count)
    var biasGradient = AlignedArray(count: bias.count)
    var first = AlignedArray([Float](repeating: 0.25, count: weights.count))
    var second = AlignedArray([Float](repeating: 0.5, count: weights.count))
    var biasFirst = AlignedArray(count: bias.count)
    var biasSecond = AlignedArray(count: bias.count)
    var scratch = (0..<threads).map { _ in AlignedArray(count: blocks * 32 * 32) }
    let layer = svae_dense(
      inputs: inputs, outputs: outputs, blocks: blocks, weights: weights.mutablePointer(),
      bias: bias.mutablePointer(), in: input.mutablePointer(), in_stride: inputs * 32,
      out: output.mutablePointer(), out_stride: outputs * 32)
    var numbers = Self.adam
    let pointers = scratch.indices.map { scratch[$0].mutablePointer() }
    withUnsafePointer(to: &numbers) { numbers in
      let update = svae_weight_update(
        out_gradient: gradient.mutablePointer(), out_gradient_stride: outputs * 32,
        panel_stride: inputs * 32, row_stride: 32, gradient: weightGradient.mutablePointer(),
        bias_gradient: biasGradient.mutablePointer(), accumulate: 0, adam: adam ? numbers : nil,
        weights: weights.mutablePointer(), bias: bias.mutablePointer(),
        first_moment: first.mutablePointer(), bias_first_moment: biasFirst.mutablePointer(),
        second_moment: second.mutablePointer(), bias_second_moment: biasSecond.mutablePointer(),
        scratch: nil)
      let upstream = gradient.mutablePointer()
      let downstream = inputGradient.mutablePointer()
      ThreadTeam(count: threads).run { member in
        engine.forward(layer, rectify: true, as: member)
        member.barrier()
        engine.inputGradient(
          layer, outputGradient: upstream, stride: outputs * 32, into: downstream,
          gradientStride: inputs * 32, rectified: true, as: member)
        member.barrier()
        var own = update
        own.scratch = pointers[member.index]
        engine.weightGradient(layer, own, as: member)
      }
    }
    func rows(_ array: AlignedArray, _ units: Int) -> [Float] {
      (0..<shape.patches).flatMap { patch in
        (0..<units).map { array[(patch / 32 * units + $0) * 32 + patch % 32] }
      }
    }
    return Result(
      output: rows(output, outputs), inputGradient: rows(inputGradient, inputs),
      weightGradient: logical(weightGradient.array),
      biasGradient: Array(biasGradient.array.prefix(outputs)), weights: logical(weights.array),
      paddedWeightGradient: weightGradient.array)
  }
}
