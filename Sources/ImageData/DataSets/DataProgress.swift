import Synchronization

/// How far the preparation of data has come.
public struct DataProgress: Hashable, Sendable {
  /// What is being done: "reading training images".
  public var stage: String
  /// Images, patches or bytes that are done.
  public var done: Int
  /// All there are to do; 0 where that is not known.
  public var total: Int

  /// Progress of a stage.
  public init(stage: String, done: Int, total: Int) {
    (self.stage, self.done, self.total) = (stage, done, total)
  }
}

/// Is told of progress; called from any thread, by one at a time.
public typealias ProgressReport = @Sendable (DataProgress) -> Void

/// Counts what threads have done, and reports.
final class ProgressCounter: Sendable {
  private let stage: String
  private let total: Int
  private let report: ProgressReport
  private let done = Mutex(0)

  init(_ stage: String, of total: Int, report: @escaping ProgressReport) {
    self.stage = stage
    self.total = total
    self.report = report
  }

  func advance() {
    done.withLock { done in
      done += 1
      report(DataProgress(stage: stage, done: done, total: total))
    }
  }
}
