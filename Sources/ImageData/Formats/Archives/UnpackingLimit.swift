/// How much packed numbers may unpack to, so that a small file cannot fill the memory.
enum UnpackingLimit {
  /// Bytes that anything may unpack to.
  static let harmlessSize = 1 << 28
  /// Beyond that, how many times larger than its file an array may be: no images pack better.
  static let largestGrowth = 200

  /// Whether `packed` bytes may become `size` bytes.
  static func allows(_ size: Int, from packed: Int) -> Bool {
    size <= harmlessSize || size / largestGrowth <= packed
  }
}
