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
  /// ‖x‖² of each patch; NaN where the patch or its targets are not finite.
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

  /// This block as the kernels take it.
  var codeRows: CodeRows {
    CodeRows(
      count: rows, targets: targets, energies: energies, codes: codes, gaps: gaps,
      iterations: iterations)
  }
}

/// Memory that one thread keeps from block to block.
public final class ScratchMemory {
  private var floats = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)

  init() {}

  deinit { UnsafeMutableRawPointer(floats.baseAddress)?.deallocate() }

  /// Room for `count` floats on a cache line's boundary, with anything in it; the next call may
  /// hand out the same.
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
      rows: rows, stride: stride, order: integers + capacity, patches: x,
      energies: memory + 2 * size,
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
    let dictionaryProbe = problem.diagonals.withUnsafeBuffer { zeroOrNaN($0) }
    for row in 0..<rows {
      let patch = UnsafeBufferPointer(start: x + row * problem.pixels, count: problem.pixels)
      let target = UnsafeBufferPointer(start: block.targets + row * stride, count: stride)
      // An energy of NaN tells every solver that this patch has no codes.
      block.energies[row] = energy(patch) + zeroOrNaN(target) + dictionaryProbe
    }
    return block
  }
}

/// Σ x²
private func energy(_ x: UnsafeBufferPointer<Float>) -> Float {
  var sum = SIMD16<Float>()
  var index = 0
  while index + 16 <= x.count {
    let values = UnsafeRawBufferPointer(x).loadUnaligned(
      fromByteOffset: 4 * index, as: SIMD16<Float>.self)
    sum += values * values
    index += 16
  }
  return x[index...].reduce(sum.sum()) { $0 + $1 * $1 }
}

/// 0 where all numbers are finite, else NaN. Their count is a multiple of 16.
private func zeroOrNaN(_ x: UnsafeBufferPointer<Float>) -> Float {
  var sum = SIMD16<Float>()
  for index in stride(from: 0, to: x.count, by: 16) {
    sum += 0 * UnsafeRawBufferPointer(x).load(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
  }
  return sum.sum()
}
