import CKernels
import Compute
import TestSupport
import Testing

/// A layer with random numbers, and its products by the definitions.
struct DenseProblem {
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
