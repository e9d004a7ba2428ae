import CFFTW
import RealModule
import Synchronization

/// The two-dimensional cosine transform (DCT-II) of an image in double precision, in place.
///
/// Plans are estimated, not measured: the same image gives the same bits on every run.
struct CosineTransform: ~Copyable {
  private let size: ImageSize
  private let values: UnsafeMutableBufferPointer<Double>

  /// The coefficients of an image.
  init(of image: RasterImage) {
    size = image.size
    guard let memory = fftw_alloc_real(size.area) else {
      preconditionFailure("FFTW could not allocate \(size) numbers")
    }
    values = UnsafeMutableBufferPointer(start: memory, count: size.area)
    _ = values.initialize(from: image.pixels.lazy.map { Double($0) })
    transform(FFTW_REDFT10)
  }

  deinit { fftw_free(values.baseAddress) }

  /// The pixels of these coefficients.
  consuming func inverse() -> [Float] {
    transform(FFTW_REDFT01)
    let scale = 1 / Double(4 * size.area)
    return values.map { Float($0 * scale) }
  }

  /// The frequency of coefficient (y, x), in cycles/pixel: k of n belongs to k/2 periods in n pixels.
  static func frequency(_ y: Int, _ x: Int, of size: ImageSize) -> Double {
    let (v, h) = (Double(y) / Double(2 * size.height), Double(x) / Double(2 * size.width))
    return .sqrt(v * v + h * h)
  }

  /// Multiplies coefficient (y, x) by `factor(y, x)`.
  mutating func multiply(by factor: (_ y: Int, _ x: Int) -> Double) {
    let (size, values) = (size, values)
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

  private func transform(_ kind: fftw_r2r_kind) {
    // Only executing a plan is safe on several threads at once; making one is not.
    nonisolated(unsafe) var plan: fftw_plan?
    Self.planning.withLock { _ in
      plan = fftw_plan_r2r_2d(
        Int32(size.height), Int32(size.width), values.baseAddress, values.baseAddress, kind, kind,
        FFTW_ESTIMATE)
    }
    guard let plan else { preconditionFailure("FFTW has no plan for \(size)") }
    fftw_execute(plan)
    Self.planning.withLock { _ in fftw_destroy_plan(plan) }
  }

  private static let planning = Mutex<Void>(())
}
