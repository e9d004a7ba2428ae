import Compute
import RealModule

extension RandomStream {
  /// A number from Laplace(0, 1), by inversion.
  public mutating func laplace() -> Double {
    let position = 2 * uniform() - 1
    return position < 0 ? .log(1 + position) : -.log(1 - position)
  }
}
