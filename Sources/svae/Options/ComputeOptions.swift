import ArgumentParser
import Compute
import Learning

/// What every command that computes can be told.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Threads to compute on. Results do not depend on it. (default: all processors)")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Print nothing but results and errors.")
  var quiet = false

  /// The threads to compute on.
  var team: ThreadTeam { ThreadTeam(count: threads ?? ThreadTeam.processorCount) }

  mutating func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("'--threads \(threads)': expected a number from 1 to 1024.")
    }
    let count = threads ?? ThreadTeam.processorCount
    guard BLASMemory.reserve(threads: count) else {
      throw RunError(
        "linear algebra takes \(BLASMemory.bytes(threads: count) >> 20) MB of address space "
          + "(--threads \(count)), which cannot be had",
        remedy: "raise the limit (ulimit -v), or give fewer --threads")
    }
  }
}
