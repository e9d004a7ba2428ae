/// A fixed number of `Float`s, aligned to a cache line, with the semantics of a value.
///
/// Vector loads that straddle two cache lines cost twice; Swift's own arrays start 32 bytes into
/// their allocation. Parameters, Adam's moments and workspaces live here.
package struct AlignedArray: @unchecked Sendable {
  private var storage: Storage

  /// `count` zeros.
  package init(count: Int) {
    storage = Storage(count: count)
  }

  /// A copy of `elements`.
  package init(_ elements: some Collection<Float>) {
    storage = Storage(count: elements.count)
    _ = storage.buffer.update(fromContentsOf: elements)
  }

  package var count: Int { storage.buffer.count }

  package subscript(index: Int) -> Float {
    get { storage.buffer[index] }
    set {
      copyIfShared()
      storage.buffer[index] = newValue
    }
  }

  /// The memory, to be written to. Valid as long as this value lives and is neither copied nor
  /// assigned.
  package mutating func mutablePointer() -> UnsafeMutablePointer<Float> {
    copyIfShared()
    return storage.base
  }

  /// The same memory with its bounds.
  package mutating func mutableBuffer() -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: mutablePointer(), count: count)
  }

  /// Calls `body` with the memory, to be read.
  package func withUnsafeBuffer<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(storage.buffer)) }
  }

  /// The elements as an array.
  package var array: [Float] { withUnsafeBuffer { Array($0) } }

  private mutating func copyIfShared() {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(count: storage.buffer.count)
      _ = copy.buffer.update(fromContentsOf: storage.buffer)
      storage = copy
    }
  }

  private final class Storage {
    let base: UnsafeMutablePointer<Float>
    let count: Int
    var buffer: UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(start: base, count: count)
    }

    init(count: Int) {
      let bytes = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
      base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
      base.initialize(repeating: 0, count: max(count, 1))
      self.count = count
    }

    deinit { base.deallocate() }
  }
}

extension AlignedArray: Equatable {
  package static func == (left: AlignedArray, right: AlignedArray) -> Bool {
    left.withUnsafeBuffer { a in right.withUnsafeBuffer { b in a.elementsEqual(b) } }
  }
}
