import ImageData

/// Shows how preparations go: a bar for each stage.
///
/// Stages report from any thread, but one at a time.
final class StageBar: @unchecked Sendable {
  private let isQuiet: Bool
  private var stage = ""
  private var bar: ProgressBar?

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func update(_ progress: DataProgress) {
    if progress.stage != stage {
      clear()
      stage = progress.stage
      bar = ProgressBar(isQuiet: isQuiet, unit: "done", title: stage)
    }
    bar?.update(progress.done, of: progress.total)
  }

  func clear() { bar?.clear() }
}
