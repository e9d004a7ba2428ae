import Foundation

extension Run {
  /// What is left of a run that diverged, and how to begin it again in smaller steps.
  public var afterDivergence: String {
    let path = folder.url.relativePath
    let kept =
      Checkpoint.files(in: folder).last.map {
        "No model was written; kept are metrics.csv and the last good checkpoint, "
          + "\(path)/checkpoints/\($0.lastPathComponent)"
      } ?? "No model was written, and no checkpoint"
    guard let command = Method.command, let gentler = configuration.gentler else { return kept }
    return "\(kept). Begin again with \(command) --config \(folder.configurationFile.shellPath) "
      + gentler
  }
}
