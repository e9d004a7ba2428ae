import Compute

/// A block of patches on its way through a solver: plain memory, valid during the call.
///
/// Codes have `stride` floats a row, zero beyond the last atom.
public struct CodingBlock {
  /// Number of patches.
  public internal(set) var rows: Int
  /// Floats from one row of codes to the next.
  public let stride: Int
  /// Where each row's patch is in `patches`, and its result in the encoding.
  public let order: UnsafeMutablePointer<Int32>
  /// x, `[patches, pixels]`; the patch of a row is the one that `order` names.
  public let patches: UnsafePointer<Float>
  /// ‖x‖² of each patch.
  public let energies: UnsafeMutablePointer<Float>
  /// b = Φx, `[rows, stride]`
  public let targets: UnsafeMutablePointer<Float>
  /// z, `[rows, stride]`: the start on entry, the solution on return.
  public let codes: UnsafeMutablePointer<Float>
  /// What the solver stopped by; NaN says that numbers left the finite range.
  public let gaps: UnsafeMutablePointer<Float>
  /// Iterations on each patch.
  public let iterations: UnsafeMutablePointer<Int32>
  /// Memory for the solver's own use.
  public let scratch: ScratchMemory
}

/// Memory that one thread keeps from block to block.
public final class ScratchMemory {
  private var floats = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)

  init() {}

  deinit { UnsafeMutableRawPointer(floats.baseAddress)?.deallocate() }

  /// Room for `count` floats on a cache line's boundary, with anything in it; the next call may hand
  /// out the same.
  public func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if floats.count >= count, let start = floats.baseAddress { return start }
    UnsafeMutableRawPointer(floats.baseAddress)?.deallocate()
    let start = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(count, 1))
    floats = UnsafeMutableBufferPointer(start: start, count: count)
    return start
  }
}

/// The memory of one thread's blocks.
final class BlockMemory {
  private let capacity: Int
  private let stride: Int
  private let floats = ScratchMemory()
  private let scratch = ScratchMemory()
  private let integers: UnsafeMutablePointer<Int32>

  init(capacity: Int, stride: Int) {
    self.capacity = capacity
    self.stride = stride
    integers = .allocate(capacity: 2 * capacity)
  }

  deinit { integers.deallocate() }

  /// A block over patches at `x`, with codes zero.
  func load(
    _ problem: SparseCodingProblem, patches x: UnsafePointer<Float>, rows: Int
  ) -> CodingBlock {
    let size = capacity * stride
    let memory = floats.reserve(2 * size + 2 * capacity)
    let block = CodingBlock(
      rows: rows, stride: stride, order: integers + capacity, patches: x, energies: memory + 2 * size,
      targets: memory, codes: memory + size, gaps: memory + 2 * size + capacity,
      iterations: integers, scratch: scratch)
    memory.update(repeating: 0, count: 2 * size)
    integers.update(repeating: 0, count: rows)
    for row in 0..<rows { block.order[row] = Int32(row) }
    problem.dictionary.elements.withUnsafeBufferPointer { filters in
      guard let phi = filters.baseAddress else { return }
      LinearAlgebra.multiply(
        rows: rows, columns: problem.atoms, inner: problem.pixels,
        x, strideA: problem.pixels, phi, strideB: problem.pixels, transposeB: true,
        block.targets, strideC: stride)
    }
    for row in 0..<rows {
      var sum = SIMD16<Float>()
      var pixel = 0
      let patch = x + row * problem.pixels
      while pixel + 16 <= problem.pixels {
        let values = UnsafeRawPointer(patch + pixel).loadUnaligned(as: SIMD16<Float>.self)
        sum += values * values
        pixel += 16
      }
      var energy = sum.sum()
      while pixel < problem.pixels {
        energy += patch[pixel] * patch[pixel]
        pixel += 1
      }
      block.energies[row] = energy
    }
    return block
  }
}
