import Foundation

extension NumberType {
  /// Numbers of this type, one behind the other, each rounded to `Float`.
  ///
  /// - Parameter bytes: a whole number of numbers.
  public func floats(_ bytes: Data) -> [Float] {
    precondition(bytes.count % size == 0, "\(bytes.count) bytes of \(self)")
    return bytes.withUnsafeBytes { source in
      [Float](unsafeUninitializedCapacity: source.count / size) { target, count in
        count = source.count / size
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        convert(source, stride: size, count: count, into: target)
      }
    }
  }
}
