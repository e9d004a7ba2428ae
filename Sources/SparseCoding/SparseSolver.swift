import Compute
import Synchronization

/// A method that finds codes of patches. The value is the settings.
public protocol SparseSolver: Sendable {
  /// A patch has converged where its gap, or the solver's stated criterion, is at most this.
  var tolerance: Float { get set }

  /// Improves `block.codes`, and fills `block.gaps` and `block.iterations`.
  ///
  /// Called for many blocks at once, each on one thread. A patch's result must depend on nothing
  /// but the problem and its block.
  func solve(_ problem: SparseCodingProblem, _ block: CodingBlock)
}

extension SparseSolver {
  /// Codes of all patches.
  ///
  /// Patches are worked on in blocks of fixed size, so that the result does not depend, to the bit,
  /// on the number of threads.
  ///
  /// - Parameters:
  ///   - patches: x, `[patches, pixels]`
  ///   - start: codes to start from, `[patches, atoms]`; zero where left out.
  ///   - team: the threads to work on.
  /// - Complexity: O(patches · atoms · pixels) before the first iteration
  public func encode(
    _ patches: Matrix, problem: SparseCodingProblem, start: Matrix? = nil, team: ThreadTeam
  ) -> Encoding {
    precondition(
      patches.columns == problem.pixels,
      "patches of \(patches.columns) pixels, a dictionary for \(problem.pixels)")
    if let start {
      precondition(
        start.rows == patches.rows && start.columns == problem.atoms,
        "start of \(start.rows) × \(start.columns) for codes of \(patches.rows) × \(problem.atoms)")
    }
    var encoding = Encoding(rows: patches.rows, atoms: problem.atoms)
    let patchesPerBlock = patchesPerBlock(of: patches.rows)
    let next = Atomic<Int>(0)
    patches.elements.withUnsafeBufferPointer { x in
      encoding.withUnsafeMutable { output in
        guard let x = x.baseAddress else { return }
        team.run { _ in
          let memory = BlockMemory(capacity: patchesPerBlock, stride: problem.stride)
          while true {
            let first = next.wrappingAdd(1, ordering: .relaxed).oldValue * patchesPerBlock
            if first >= patches.rows { break }
            let rows = min(patchesPerBlock, patches.rows - first)
            let block = memory.load(problem, patches: x + first * problem.pixels, rows: rows)
            if let start { block.start(from: start, row: first) }
            solve(problem, block)
            output.store(block, tolerance: tolerance, row: first)
          }
        }
      }
    }
    return encoding
  }
}

/// Large enough for GEMM to run at full speed, small enough for a block to stay in the cache and
/// for all threads to have work.
private func patchesPerBlock(of patches: Int) -> Int {
  min(max((patches / 16 + 15) / 16 * 16, 32), 128)
}

extension CodingBlock {
  fileprivate func start(from codes: Matrix, row first: Int) {
    for row in 0..<rows {
      for (k, value) in codes.row(first + row).enumerated() { self.codes[row, k] = value }
    }
  }
}

/// Where the results of all blocks go.
private struct EncodingPointers {
  let atoms: Int
  let codes: UnsafeMutablePointer<Float>
  let statuses: UnsafeMutablePointer<SolverStatus>
  let iterations: UnsafeMutablePointer<Int32>
  let gaps: UnsafeMutablePointer<Float>

  func store(_ block: CodingBlock, tolerance: Float, row first: Int) {
    for row in 0..<block.rows {
      let gap = block.gaps[row]
      let index = first + Int(block.order[row])
      gaps[index] = gap
      iterations[index] = block.iterations[row]
      statuses[index] =
        gap <= tolerance ? .converged : gap.isFinite ? .iterationLimit : .notFinite
      let target = codes + index * atoms
      if gap.isFinite {
        target.update(from: block.codes.row(row), count: atoms)
      } else {
        target.update(repeating: 0, count: atoms)
      }
    }
  }
}

extension Encoding {
  fileprivate init(rows: Int, atoms: Int) {
    codes = Matrix(rows: rows, columns: atoms)
    statuses = [SolverStatus](repeating: .notFinite, count: rows)
    iterations = [Int32](repeating: 0, count: rows)
    gaps = [Float](repeating: 0, count: rows)
  }

  fileprivate mutating func withUnsafeMutable(_ body: (EncodingPointers) -> Void) {
    let atoms = codes.columns
    codes.elements.withUnsafeMutableBufferPointer { codes in
      statuses.withUnsafeMutableBufferPointer { statuses in
        iterations.withUnsafeMutableBufferPointer { iterations in
          gaps.withUnsafeMutableBufferPointer { gaps in
            guard let codes = codes.baseAddress, let statuses = statuses.baseAddress,
              let iterations = iterations.baseAddress, let gaps = gaps.baseAddress
            else { return }
            body(
              EncodingPointers(
                atoms: atoms, codes: codes, statuses: statuses, iterations: iterations, gaps: gaps))
          }
        }
      }
    }
  }
}
