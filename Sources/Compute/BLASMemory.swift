#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The address space that OpenBLAS takes for its work, 128 MB a thread: where it gets none, it asks
/// for ever.
package struct BLASMemory {
  /// Bytes that so many threads need.
  package let bytes: Int

  package init(threads: Int) { bytes = threads * ((128 << 20) + (1 << 16)) + (32 << 20) }

  /// Whether that much can be had now.
  package var isAvailable: Bool {
    #if os(Linux)
      let place = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
      guard place != MAP_FAILED, let place else { return false }
      munmap(place, bytes)
    #endif
    return true
  }
}
