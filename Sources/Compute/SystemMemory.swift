import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much memory this process can still take.
package enum SystemMemory {
  /// Bytes: what the machine has free, and what the process's limit on addresses and its control
  /// group leave; nil where none of these is known.
  package static var available: Int? {
    [free, addresses, ControlGroup.own.memory].compactMap { $0 }.min()
  }

  /// `MemAvailable`, which counts what is cached of files.
  private static var free: Int? {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      return words.count > 1 ? Int(words[1]).map { $0 << 10 } : nil
    }
    return nil
  }

  /// What `ulimit -v` leaves.
  private static var addresses: Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let status = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
      let status = getrlimit(RLIMIT_AS, &limit)
    #endif
    guard status == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    guard let pages = text.split(separator: " ").first.flatMap({ Int($0) }) else { return nil }
    return max(0, Int(limit.rlim_cur) - pages * Int(sysconf(Int32(_SC_PAGESIZE))))
  }
}
