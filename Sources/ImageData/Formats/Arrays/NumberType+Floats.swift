import Foundation

extension NumberType {
  /// Numbers of this type, one behind the other, each rounded to `Float`.
  ///
  /// - Parameter bytes: a whole number of numbers.
  package func floats(_ bytes: some ContiguousBytes) -> [Float] {
    bytes.withUnsafeBytes { source in
      precondition(source.count % size == 0, "\(source.count) bytes of \(self)")
      // An array that is made empty writes its count into the one that all threads share.
      if source.isEmpty { return [] }
      return [Float](unsafeUninitializedCapacity: source.count / size) { target, count in
        count = source.count / size
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        convert(source, stride: size, count: count, into: target)
      }
    }
  }
}
