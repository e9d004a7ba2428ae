import Foundation

/// Gives every reader files that are not as they should be: an answer or an error, never a crash.
///
/// `svae-fuzz [--count N | --seconds S] [--seed N] [--keep FILE]`; the input that is being read stands
/// in FILE, also after a crash.
@main
struct Fuzz {
  private var count = Int.max
  private var seconds = 60.0
  private var seed: UInt64 = 1
  private var kept = FileManager.default.temporaryDirectory.appending(path: "svae-fuzz-input")

  private init(_ arguments: [String]) {
    for (name, value) in zip(arguments, arguments.dropFirst()) {
      switch name {
      case "--count": (count, seconds) = (Int(value) ?? count, .infinity)
      case "--seconds": seconds = Double(value) ?? seconds
      case "--seed": seed = UInt64(value) ?? seed
      case "--keep": kept = URL(filePath: value)
      default: continue
      }
    }
  }

  static func main() throws { try Fuzz(CommandLine.arguments).run() }

  private func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "svae-fuzz-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let subjects = try Subject.all(in: folder)
    var mutation = Mutation(seed: seed)
    var (read, refused, slowest, slowestName) = (0, 0, 0.0, "")
    let start = Date()
    while read + refused < count, Date().timeIntervalSince(start) < seconds {
      let subject = subjects[mutation.number(below: subjects.count)]
      let other = subjects[mutation.number(below: subjects.count)]
      try mutation.changed(subject.content, other: other.content).write(to: kept)
      let begun = Date()
      do {
        try subject.read(kept)
        read += 1
      } catch {
        // The message is part of what must not crash.
        refused += "\(error)".isEmpty ? 0 : 1
      }
      let took = Date().timeIntervalSince(begun)
      if took > slowest { (slowest, slowestName) = (took, subject.name) }
    }
    try? FileManager.default.removeItem(at: kept)
    let total = read + refused
    print(
      """
      inputs     \(total) in \(Int(Date().timeIntervalSince(start))) s, of \(subjects.count) kinds, \
      seed \(seed)
      read       \(read)
      refused    \(refused)
      crashes    0
      slowest    \(Int(slowest * 1000)) ms (\(slowestName))
      memory     \(Self.peakMegabytes) MB at most
      """)
  }

  private static var peakMegabytes: Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss >> 20
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss >> 10
    #endif
  }
}
