import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// What a test needs beside a processor: data, or packages of another language.
  ///
  /// Without it the test is skipped, and says why; in CI, where the variable `CI` is set, it runs
  /// all the same and fails, so that nothing goes untested there unseen.
  public static func needs(
    _ what: String, isThere: @autoclosure @escaping @Sendable () -> Bool
  ) -> Self {
    .enabled(if: isCI || isThere(), "needs \(what)")
  }
}

private let isCI = ProcessInfo.processInfo.environment["CI"].map { !$0.isEmpty } ?? false

/// Whether `make sanitize` watches memory, for which it takes terabytes of address space.
public let isSanitized = ["thread", "address"].contains(
  ProcessInfo.processInfo.environment["SANITIZE"])
