import Compute
import Foundation
import ImageData
import Learning
import Synchronization

/// Trains a study's runs, one to a core, each on one thread; skips those that are finished and goes
/// on with those that were interrupted.
public struct StudyScheduler {
  /// What is trained.
  public let study: Study
  /// Where the runs go.
  public let folder: StudyFolder
  private let jobs: Int

  /// How far a study has come.
  public struct Progress: Sendable {
    /// Runs that came to an end, or diverged.
    public var finishedRuns: Int
    /// All runs of the study.
    public var totalRuns: Int
    /// Share of the work that is done, 0 … 1; larger models count for more.
    public var fraction: Double
  }

  /// What happens in a study, for whoever shows it; called from any thread, by one at a time.
  public struct Observer: Sendable {
    /// False stops every run at a checkpoint.
    public var progress: @Sendable (Progress) -> Bool = { _ in true }
    /// A line about a run that ended.
    public var message: @Sendable (String) -> Void = { _ in }
    /// A line about what is wrong with a run's files, though it goes on.
    public var warning: @Sendable (String) -> Void = { _ in }

    /// An observer that lets the study go on in silence.
    public init() {}
  }

  /// - Parameter jobs: runs at a time.
  public init(_ study: Study, in folder: StudyFolder, jobs: Int = ThreadTeam.processorCount) {
    self.study = study
    self.folder = folder
    self.jobs = max(1, jobs)
  }

  /// Trains what is not yet trained.
  ///
  /// Runs that diverge are left out of the results, which say so.
  ///
  /// - Returns: whether every run came to its end; false where the observer said stop.
  /// - Throws: a `RunError` where the data or a file fails, or a run's folder holds another run.
  public func run(_ observer: Observer) throws -> Bool {
    let runs = try study.runs.map { condition, seed in
      try StudyRun(condition, seed: seed, in: folder)
    }
    let open = runs.filter { !$0.isFinished }
    let team = ThreadTeam(count: min(jobs, max(1, open.count)))
    let preparation = StudyData(team: ThreadTeam(count: jobs))
    let data = try open.map { try preparation.dataSet($0.configuration.method.data) }
    let ledger = Ledger(runs: runs, observer: observer)
    let next = Atomic(0)
    team.run { _ in
      while !ledger.isStopped {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < open.count else { return }
        do {
          let run = open[index]
          let outcome = try run.train(on: data[index]) { line in
            ledger.warn(run, line)
          } progress: { share in
            ledger.advance(run, to: share)
          }
          ledger.end(run, outcome)
        } catch {
          ledger.fail(error)
        }
      }
    }
    if let error = ledger.error { throw error }
    return !ledger.isStopped
  }

  /// What all workers write to.
  private final class Ledger: Sendable {
    private struct State {
      var progress: Progress
      var shares: [String: Double]
      var isStopped = false
      var error: (any Error)?
    }
    private let state: Mutex<State>
    private let costs: [String: Double]
    private let observer: Observer

    init(runs: [StudyRun], observer: Observer) {
      let costs = Dictionary(runs.map { ($0.name, $0.cost) }) { a, _ in a }
      let total = costs.values.reduce(0, +)
      self.costs = costs.mapValues { $0 / max(total, .leastNormalMagnitude) }
      self.observer = observer
      let finished = runs.filter(\.isFinished)
      let shares = Dictionary(finished.map { ($0.name, 1.0) }) { a, _ in a }
      state = Mutex(
        State(
          progress: Progress(finishedRuns: finished.count, totalRuns: runs.count, fraction: 0),
          shares: shares))
      if !finished.isEmpty {
        observer.message("\(finished.count) of \(runs.count) runs are finished already")
      }
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }
    var error: (any Error)? { state.withLock { $0.error } }

    func warn(_ run: StudyRun, _ line: String) {
      state.withLock { _ in observer.warning("\(run.name): \(line)") }
    }

    /// Notes how far a run is; false where it must stop.
    func advance(_ run: StudyRun, to share: Double) -> Bool {
      state.withLock { state in
        state.shares[run.name] = share
        return report(&state)
      }
    }

    func end(_ run: StudyRun, _ outcome: StudyRun.Outcome) {
      state.withLock { state in
        switch outcome {
        case .stopped:
          state.isStopped = true
          return
        case .finished(let line): observer.message("\(run.name): \(line)")
        case .diverged(let reason): observer.message("\(run.name): \(reason)")
        }
        state.progress.finishedRuns += 1
        state.shares[run.name] = 1
        _ = report(&state)
      }
    }

    func fail(_ error: any Error) {
      state.withLock { state in
        if state.error == nil { state.error = error }
        state.isStopped = true
      }
    }

    private func report(_ state: inout State) -> Bool {
      state.progress.fraction = state.shares.reduce(0) { $0 + $1.value * (costs[$1.key] ?? 0) }
      if !observer.progress(state.progress) { state.isStopped = true }
      return !state.isStopped
    }
  }
}
