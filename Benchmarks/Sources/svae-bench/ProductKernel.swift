import CKernels
import Compute

/// One of the products of a dense layer.
struct ProductKernel {
  let name: String
  /// Floating-point operations in a call; a multiply-add counts two.
  let operations: Double
  let run: () -> Void

  /// All products for the first, the largest and a last layer of the natural network.
  static var all: [ProductKernel] {
    [(144, 128), (512, 512), (512, 169)].flatMap { inputs, outputs in
      [32, 128].flatMap { products(of: IsolatedLayer(inputs: inputs, outputs: outputs, batch: $0)) }
    }
  }

  private static func products(of layer: IsolatedLayer) -> [ProductKernel] {
    let kernels = svae_kernels().pointee.dense
    let works: [(String, () -> Void)] = [
      (
        "forward",
        {
          withUnsafePointer(to: layer.operands) {
            kernels.forward($0, 1, 0, kernels.forward_units($0))
          }
        }
      ),
      (
        "input gradient",
        {
          withUnsafePointer(to: layer.operands) {
            kernels.input_gradient(
              $0, layer.outputGradient, $0.pointee.out_stride, layer.inputGradient,
              $0.pointee.in_stride, 1, 0, kernels.input_gradient_units($0))
          }
        }
      ),
      (
        "weight gradient",
        {
          withUnsafePointer(to: layer.operands) { operands in
            withUnsafePointer(to: layer.update) {
              kernels.weight_gradient(operands, $0, 0, kernels.weight_gradient_units(operands))
            }
          }
        }
      ),
      (
        "weight gradient with Adam",
        {
          var update = layer.update
          withUnsafePointer(to: layer.adam) { adam in
            update.adam = adam
            withUnsafePointer(to: layer.operands) { operands in
              withUnsafePointer(to: update) {
                kernels.weight_gradient(operands, $0, 0, kernels.weight_gradient_units(operands))
              }
            }
          }
        }
      ),
    ]
    return works.map { name, run in
      ProductKernel(name: "\(name) \(layer.title)", operations: layer.operations, run: run)
    }
  }
}

/// The operands of one dense layer and one batch, with memory of their own.
private final class IsolatedLayer {
  let title: String
  let operations: Double
  let operands: svae_dense
  let outputGradient, inputGradient: UnsafeMutablePointer<Float>
  let update: svae_weight_update
  let adam = svae_adam(
    step_size: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, root_correction: 1)
  private let memory: Memory

  init(inputs: Int, outputs: Int, batch: Int) {
    title = "\(inputs)→\(outputs) batch \(batch)"
    operations = Double(2 * inputs * outputs * batch)
    let lanes = Int(SVAE_BLOCK)
    let blocks = (batch + lanes - 1) / lanes
    let padded = (outputs + lanes - 1) / lanes * lanes
    let memory = Memory()
    self.memory = memory
    let (weights, bias) = (memory.normals(inputs * padded), memory.normals(padded))
    operands = svae_dense(
      inputs: inputs, outputs: outputs, blocks: blocks, weights: weights, bias: bias,
      in: memory.normals(blocks * lanes * inputs), in_stride: lanes * inputs,
      out: memory.zeros(blocks * lanes * padded), out_stride: lanes * padded)
    outputGradient = memory.normals(blocks * lanes * padded)
    inputGradient = memory.zeros(blocks * lanes * inputs)
    update = svae_weight_update(
      out_gradient: outputGradient, out_gradient_stride: lanes * padded,
      panel_stride: lanes * inputs, row_stride: lanes, gradient: memory.zeros(inputs * padded),
      bias_gradient: memory.zeros(padded), accumulate: 0, adam: nil, weights: weights, bias: bias,
      first_moment: memory.zeros(inputs * padded), bias_first_moment: memory.zeros(padded),
      second_moment: memory.zeros(inputs * padded), bias_second_moment: memory.zeros(padded),
      scratch: memory.zeros(blocks * lanes * lanes))
  }
}

/// Arrays that begin at a cache line, and live as long as this.
final class Memory {
  private var arrays: [UnsafeMutablePointer<Float>] = []

  deinit {
    for array in arrays { array.deallocate() }
  }

  func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
    let array = bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
    arrays.append(array)
    return array
  }

  func normals(_ count: Int) -> UnsafeMutablePointer<Float> {
    let array = zeros(count)
    array.update(from: randomPatches(1, pixels: count).elements, count: count)
    return array
  }
}
