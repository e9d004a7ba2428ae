import Foundation

/// Gives every reader files that are not as they should be: an answer or an error, never a crash, and
/// no input that takes more than a minute.
///
/// `svae-fuzz FOLDER [--count N] [--seed N]`; the input that is being read is the only file in
/// FOLDER/input, also after a crash.
@main
struct Fuzz {
  private let folder: URL
  private var count = 20_000
  private var seed: UInt64 = 1

  private init(_ arguments: [String]) {
    folder = URL(filePath: arguments.dropFirst().first ?? "fuzz")
    for (name, value) in zip(arguments, arguments.dropFirst()) {
      switch name {
      case "--count": count = Int(value) ?? count
      case "--seed": seed = UInt64(value) ?? seed
      default: continue
      }
    }
  }

  static func main() throws { try Fuzz(CommandLine.arguments).run() }

  private func run() throws {
    let input = folder.appending(path: "input")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    let subjects = try Subject.all(in: folder)
    let files = subjects.map { input.appending(path: $0.name) }
    let contents = subjects.map { [UInt8]($0.content) }
    var mutation = Mutation(seed: seed)
    var (read, slowest, slowestName) = (0, 0.0, "")
    let start = Date()
    for done in 1...max(1, count) {
      let choice = mutation.number(below: subjects.count)
      let other = mutation.number(below: subjects.count)
      let changed = mutation.changed(contents[choice], other: contents[other])
      try Data(changed).write(to: files[choice])
      let begun = Date()
      // The signal ends the process.
      alarm(60)
      do {
        try subjects[choice].read(files[choice])
        read += 1
      } catch {
        // The message is part of what must not crash.
        precondition(!"\(error)".isEmpty, "an error without a message")
      }
      alarm(0)
      let took = Date().timeIntervalSince(begun)
      if took > slowest { (slowest, slowestName) = (took, subjects[choice].name) }
      unlink(files[choice].path)
      if done % 100_000 == 0 {
        FileHandle.standardError.write(Data("\(done) of \(count) inputs\n".utf8))
      }
    }
    print(
      """
      inputs     \(count) in \(Int(Date().timeIntervalSince(start))) s, of \(subjects.count) kinds, \
      seed \(seed)
      read       \(read)
      refused    \(count - read)
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
