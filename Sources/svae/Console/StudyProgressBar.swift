import Foundation
import Learning
import Studies
import Synchronization

/// One bar for all of a study's runs, with the remaining time; nothing where there is no terminal.
final class StudyProgressBar: Sendable {
  private let isShown: Bool
  private let started = Date()

  private struct State {
    var lastDrawn = Date.distantPast
    var firstFraction: Double?
  }
  private let state = Mutex(State())

  init(isQuiet: Bool) { isShown = !isQuiet && Console.isTerminal }

  func update(_ progress: StudyScheduler.Progress) {
    guard isShown else { return }
    state.withLock { state in
      let first = state.firstFraction ?? progress.fraction
      state.firstFraction = first
      let now = Date()
      guard now.timeIntervalSince(state.lastDrawn) > 0.2 else { return }
      state.lastDrawn = now
      let done = progress.fraction - first
      let rest = now.timeIntervalSince(started) * (1 - progress.fraction) / max(1e-9, done)
      Console.draw(
        bar: progress.fraction,
        String(format: "%.1f %%  ", 100 * progress.fraction)
          + "\(progress.finishedRuns) of \(progress.totalRuns) runs  "
          + (done > 0 ? "\(ProgressBar.duration(rest)) left" : ""))
    }
  }

  /// Makes room for a line of text.
  func clear() {
    if isShown { Console.write("\r\u{1B}[K") }
  }
}
