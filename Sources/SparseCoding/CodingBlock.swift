import Compute

/// A block of patches on its way through a solver, valid during the call: a row for each patch.
public struct CodingBlock {
  /// Number of patches.
  public internal(set) var rows: Int
  /// ‖x‖² of each patch; NaN where the patch or its targets are not finite.
  public let energies: CodeColumn<Float>
  /// b = Φx, `[rows, atoms]`
  public let targets: CodePlane
  /// z, `[rows, atoms]`: the start on entry, the solution on return.
  public let codes: CodePlane
  /// What the solver stopped by; NaN says that numbers left the finite range.
  public let gaps: CodeColumn<Float>
  /// Iterations on each patch.
  public let iterations: CodeColumn<Int32>
  /// Room for b − G·points, `[rows, atoms]`.
  public let correlations: CodePlane
  /// Where each row's patch is in `patches`, and its result in the encoding.
  let order: CodeColumn<Int32>
  /// x, `[patches, pixels]`; the patch of a row is the one that `order` names.
  let patches: UnsafePointer<Float>
  let memory: BlockMemory

  /// Floats from one row of codes to the next; those beyond the last atom are zero.
  var stride: Int { codes.stride }

  /// A plane of the solver's own, `[rows, atoms]`, of zeros.
  public func newPlane() -> CodePlane {
    let plane = CodePlane(start: memory.reserve(rows * stride), stride: stride)
    plane.start.update(repeating: 0, count: rows * stride)
    memory.planes.append(plane)
    return plane
  }

  /// A number of the solver's own for each row, all `value`.
  public func newColumn(_ value: Float = 0) -> CodeColumn<Float> {
    let column = CodeColumn(start: memory.reserve(rows))
    column.start.update(repeating: value, count: rows)
    memory.columns.append(column)
    return column
  }

  /// Exchanges two rows in all that belongs to them.
  func exchange(_ a: Int, _ b: Int) {
    if a == b { return }
    for plane in [codes, targets, correlations] + memory.planes {
      for k in 0..<stride { swap(&plane.start[a * stride + k], &plane.start[b * stride + k]) }
    }
    for column in [energies, gaps] + memory.columns { swap(&column.start[a], &column.start[b]) }
    for column in [iterations, order] { swap(&column.start[a], &column.start[b]) }
  }
}

/// Numbers of a block's patches, one for each atom, in plain memory that is valid during the call.
public struct CodePlane {
  let start: UnsafeMutablePointer<Float>
  let stride: Int

  /// The number of a patch and an atom.
  public subscript(row: Int, atom: Int) -> Float {
    get { start[row * stride + atom] }
    nonmutating set { start[row * stride + atom] = newValue }
  }

  /// A patch's numbers.
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { start + row * stride }
}

/// One number for each of a block's patches, in plain memory that is valid during the call.
public struct CodeColumn<Number> {
  let start: UnsafeMutablePointer<Number>

  /// The number of a patch.
  public subscript(row: Int) -> Number {
    get { start[row] }
    nonmutating set { start[row] = newValue }
  }
}

/// The memory of one thread's blocks, kept from block to block.
final class BlockMemory {
  private let capacity: Int
  private let stride: Int
  private let integers: UnsafeMutablePointer<Int32>
  private var stretches: [UnsafeMutableBufferPointer<Float>] = []
  private var used = 0
  /// What a solver keeps for the rows of the present block.
  fileprivate var planes: [CodePlane] = []
  fileprivate var columns: [CodeColumn<Float>] = []

  init(capacity: Int, stride: Int) {
    self.capacity = capacity
    self.stride = stride
    integers = .allocate(capacity: 2 * capacity)
  }

  deinit {
    integers.deallocate()
    for stretch in stretches { free(stretch) }
  }

  private func free(_ stretch: UnsafeMutableBufferPointer<Float>) {
    UnsafeMutableRawPointer(stretch.baseAddress)?.deallocate()
  }

  /// Room for `count` floats until the block is done, on a cache line's boundary, with anything in
  /// it.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    defer { used += 1 }
    if used < stretches.count {
      if stretches[used].count >= count, let start = stretches[used].baseAddress { return start }
      free(stretches[used])
    } else {
      stretches.append(UnsafeMutableBufferPointer(start: nil, count: 0))
    }
    let count = max(count, 1)
    let start = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: count)
    stretches[used] = UnsafeMutableBufferPointer(start: start, count: count)
    return start
  }

  /// A block over patches at `x`, with codes zero.
  func load(
    _ problem: SparseCodingProblem, patches x: UnsafePointer<Float>, rows: Int
  ) -> CodingBlock {
    (used, planes, columns) = (0, [], [])
    let size = capacity * stride
    let floats = reserve(3 * size + 2 * capacity)
    func plane(_ index: Int) -> CodePlane {
      CodePlane(start: floats + index * size, stride: stride)
    }
    let block = CodingBlock(
      rows: rows, energies: CodeColumn(start: floats + 3 * size), targets: plane(0),
      codes: plane(1), gaps: CodeColumn(start: floats + 3 * size + capacity),
      iterations: CodeColumn(start: integers), correlations: plane(2),
      order: CodeColumn(start: integers + capacity), patches: x, memory: self)
    floats.update(repeating: 0, count: 2 * size)
    integers.update(repeating: 0, count: rows)
    for row in 0..<rows { block.order[row] = Int32(row) }
    problem.dictionary.elements.withUnsafeBufferPointer { filters in
      guard let phi = filters.baseAddress else { return }
      LinearAlgebra.multiply(
        rows: rows, columns: problem.atoms, inner: problem.pixels,
        x, strideA: problem.pixels, phi, strideB: problem.pixels, transposeB: true,
        block.targets.start, strideC: stride)
    }
    let dictionaryProbe = problem.diagonals.withUnsafeBuffer { zeroOrNaN($0) }
    for row in 0..<rows {
      let patch = UnsafeBufferPointer(start: x + row * problem.pixels, count: problem.pixels)
      let target = UnsafeBufferPointer(start: block.targets.row(row), count: stride)
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
