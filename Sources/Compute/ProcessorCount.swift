import CKernels
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension ThreadTeam {
  /// The number of processors that this process may use: those that are online, that its affinity
  /// names, and that its control group grants it time on.
  public static var processorCount: Int {
    let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let affinity = Int(svae_affinity())
    return min(
      online, affinity > 0 ? affinity : online, ControlGroup.own.processors ?? online)
  }
}

/// What a Linux control group, such as a container or a cluster's job, grants its processes.
struct ControlGroup {
  /// The group's folders, from its own to the root, of version 2 and of version 1's controllers.
  private let folders: [URL]

  /// This process's.
  static let own = ControlGroup(
    membership: (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "",
    root: URL(filePath: "/sys/fs/cgroup"))

  /// - Parameter membership: as in `/proc/self/cgroup`: "0::/path" or "4:cpu,cpuacct:/path".
  init(membership: String, root: URL) {
    folders = membership.split(separator: "\n").flatMap { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [URL]() }
      let names = fields[2].split(separator: "/")
      let bases =
        fields[1].isEmpty ? [root] : [root.appending(path: String(fields[1]))]
      return bases.flatMap { base in
        (0...names.count).reversed().map { count in
          names.prefix(count).reduce(base) { $0.appending(path: String($1)) }
        }
      }
    }
  }

  /// How many processors the time quota amounts to, rounded up; nil without a limit.
  var processors: Int? {
    folders.compactMap { folder -> Int? in
      let quota: [Double]
      if let both = numbers(folder, "cpu.max"), both.count == 2 {
        quota = both
      } else if let time = numbers(folder, "cpu.cfs_quota_us")?.first, time > 0,
        let period = numbers(folder, "cpu.cfs_period_us")?.first
      {
        quota = [time, period]
      } else {
        return nil
      }
      return quota[1] > 0 ? max(1, Int((quota[0] / quota[1]).rounded(.up))) : nil
    }.min()
  }

  /// Bytes that can still be allocated; nil without a limit.
  var memory: Int? {
    folders.compactMap { folder -> Int? in
      for (limit, used) in [
        ("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"),
      ] {
        // Version 1 writes "no limit" as a number beyond all memory.
        guard let limit = numbers(folder, limit)?.first, limit < 1e15,
          let used = numbers(folder, used)?.first
        else { continue }
        // What is cached of files is given back.
        let cached = cachedFiles(folder)
        return max(0, Int(limit - max(0, used - cached)))
      }
      return nil
    }.min()
  }

  private func cachedFiles(_ folder: URL) -> Double {
    let text =
      (try? String(contentsOf: folder.appending(path: "memory.stat"), encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == "inactive_file" { return Double(words[1]) ?? 0 }
    }
    return 0
  }

  /// The numbers of a file; nil where there is none, or where it says "max".
  private func numbers(_ folder: URL, _ name: String) -> [Double]? {
    guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else {
      return nil
    }
    let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    let known = numbers.compactMap { $0 }
    return known.count == numbers.count && !known.isEmpty ? known : nil
  }
}
