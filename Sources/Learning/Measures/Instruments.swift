import Compute
import Evaluation
import ImageData

/// What measures filters of patches of one size and statistics.
public struct Instruments: Sendable {
  /// For noise-like filters.
  public let noiseTest: NoiseTest
  /// Training patches, whose Gaussian likelihoods are compared with; nil compares with none.
  public var training: Matrix?
  /// Nil fits no Gabor functions: for digits, to which they do not apply.
  public var gaborFitter: GaborFitter?
  /// Where active begins.
  public var thresholds = ActivityThresholds()
  /// The threads that measure.
  public let team: ThreadTeam

  /// Instruments made elsewhere.
  public init(_ noiseTest: NoiseTest, gaborFitter: GaborFitter? = nil, team: ThreadTeam) {
    (self.noiseTest, self.gaborFitter, self.team) = (noiseTest, gaborFitter, team)
  }

  /// - Parameters:
  ///   - patches: like those that filters are measured on, `[N, pixels]`.
  ///   - progress: told how far the noise is drawn with which filters are compared.
  public init(
    for preprocessing: Preprocessing, patches: Matrix, team: ThreadTeam,
    progress: @escaping ProgressReport = { _ in }
  ) {
    let (height, width) = (preprocessing.patchHeight, preprocessing.patchWidth)
    self.init(
      NoiseTest(
        height: height, width: width,
        data: patches.selectingRows(0..<min(8000, patches.rows)), team: team
      ) { done, total in
        progress(DataProgress(stage: "drawing noise filters", done: done, total: total))
      },
      gaborFitter: preprocessing.kind == .cut ? GaborFitter(height: height, width: width) : nil,
      team: team)
    training = patches
  }

  /// The same for an epoch's end: without the fits, which take their time, and what stays as it is.
  public var atEpochsEnd: Instruments {
    var instruments = self
    (instruments.gaborFitter, instruments.training) = (nil, nil)
    return instruments
  }

  /// - Throws: a `RunError` for patches too small to be measured; where there is too little memory for
  ///   the covariance of their pixels, from which noise filters are told.
  package static func requireMeasurable(_ preprocessing: Preprocessing) throws {
    let (height, width) = (preprocessing.patchHeight, preprocessing.patchWidth)
    if height < 4 || width < 4 {
      throw RunError(
        "patches of \(height) × \(width) pixels", remedy: "expected at least 4 × 4")
    }
    try MemoryNeeds.requireCovariance(of: preprocessing.patch.area, preprocessing.kind)
  }
}
