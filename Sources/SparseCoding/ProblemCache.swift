import Compute
import Synchronization

/// Keeps what some solvers need of a dictionary, once it has been computed.
final class ProblemCache: Sendable {
  private let kept = Mutex(Kept())

  private struct Kept {
    var lipschitzConstant: Float?
    var rho: Float?
    var inverse = AlignedArray(count: 0)
  }

  func lipschitzConstant(_ compute: () -> Float) -> Float {
    kept.withLock { kept in
      if let value = kept.lipschitzConstant { return value }
      let value = compute()
      kept.lipschitzConstant = value
      return value
    }
  }

  func inverse(_ rho: Float, _ compute: () -> AlignedArray) -> AlignedArray {
    kept.withLock { kept in
      if kept.rho != rho {
        kept.inverse = compute()
        kept.rho = rho
      }
      return kept.inverse
    }
  }
}
