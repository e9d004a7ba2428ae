import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The buffers in which OpenBLAS works, 128 MB of address space a thread: where a product finds none
/// and cannot have another, it asks for ever. So all are taken before anything else takes the space.
package enum BLASMemory {
  /// Bytes that the buffers of so many threads take, with what the threads themselves need.
  package static func bytes(threads: Int) -> Int { threads * buffer + spare }

  /// Takes the buffers, once for all callers.
  ///
  /// - Returns: whether there is address space for them.
  package static func reserve(threads: Int) -> Bool {
    taken.withLock { taken in
      guard threads > taken else { return true }
      guard canMap(buffers: threads - taken) else { return false }
      svae_blas_reserve(Int32(threads))
      taken = threads
      return true
    }
  }

  private static let taken = Mutex(0)
  private static let buffer = (128 << 20) + (1 << 16)
  /// Room to go on in.
  private static let spare = 64 << 20

  /// Whether so many buffers can be mapped as OpenBLAS maps them, and the spare space beside them.
  private static func canMap(buffers: Int) -> Bool {
    #if os(Linux)
      var places: [(UnsafeMutableRawPointer, Int)] = []
      defer { for (place, size) in places { munmap(place, size) } }
      for size in [Int](repeating: buffer, count: buffers) + [spare] {
        let place = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let place, place != MAP_FAILED else { return false }
        places.append((place, size))
      }
    #endif
    return true
  }
}
