import CFFTW
import Synchronization

/// The two-dimensional cosine transform (DCT-II) of an image in double precision, in place.
///
/// Plans are estimated, not measured: the same image gives the same bits on every run.
struct CosineTransform: ~Copyable {
  private let size: ImageSize
  private let values: UnsafeMutableBufferPointer<Double>

  init(_ size: ImageSize) {
    self.size = size
    guard let memory = fftw_alloc_real(size.area) else {
      preconditionFailure("FFTW could not allocate \(size) numbers")
    }
    values = UnsafeMutableBufferPointer(start: memory, count: size.area)
    values.initialize(repeating: 0)
  }

  deinit { fftw_free(values.baseAddress) }

  func load(_ pixels: [Float]) {
    precondition(pixels.count == values.count, "\(pixels.count) pixels for \(size)")
    for (index, pixel) in pixels.enumerated() { values[index] = Double(pixel) }
  }

  var floats: [Float] { values.map { Float($0) } }

  /// From pixels to coefficients.
  mutating func forward() { transform(FFTW_REDFT10) }

  /// From coefficients to pixels; `forward` undone.
  mutating func inverse() {
    transform(FFTW_REDFT01)
    let scale = 1 / Double(4 * size.area)
    for index in values.indices { values[index] *= scale }
  }

  /// Multiplies coefficient (y, x) by `factor(y, x)`.
  mutating func multiply(by factor: (_ y: Int, _ x: Int) -> Double) {
    for y in 0..<size.height {
      for x in 0..<size.width { values[y * size.width + x] *= factor(y, x) }
    }
  }

  /// Calls `body` with each coefficient (y, x).
  func forEach(_ body: (_ y: Int, _ x: Int, _ value: Double) -> Void) {
    for y in 0..<size.height {
      for x in 0..<size.width { body(y, x, values[y * size.width + x]) }
    }
  }

  private mutating func transform(_ kind: fftw_r2r_kind) {
    // Only executing a plan is safe on several threads at once; making one is not.
    let plan = Self.planning.withLock { _ in
      Plan(
        fftw_plan_r2r_2d(
          Int32(size.height), Int32(size.width), values.baseAddress, values.baseAddress, kind, kind,
          FFTW_ESTIMATE))
    }
    guard let pointer = plan.pointer else {
      preconditionFailure("FFTW has no plan for \(size)")
    }
    fftw_execute(pointer)
    Self.planning.withLock { _ in fftw_destroy_plan(plan.pointer) }
  }

  private static let planning = Mutex<Void>(())

  /// A plan on its way out of the lock; only this thread has it.
  private struct Plan: @unchecked Sendable {
    let pointer: fftw_plan?

    init(_ pointer: fftw_plan?) { self.pointer = pointer }
  }
}
