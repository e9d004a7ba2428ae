import Compute
import Foundation

extension InstructionSet {
  private static let turn = NSLock()

  /// What `compute` returns on each set of this processor that has fused multiply-adds, one at a
  /// time: the set is the whole process's. Other tests that run meanwhile have the same bits.
  package static func onEachFused<Result>(_ compute: () throws -> Result) rethrows -> [(
    set: InstructionSet, result: Result
  )] {
    try turn.withLock {
      defer { available.last?.use() }
      return try available.filter(\.isFused).map { set in
        set.use()
        return (set, try compute())
      }
    }
  }
}
