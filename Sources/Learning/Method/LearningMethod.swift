import Compute
import Evaluation
import Figures
import Foundation
import ImageData

/// A way to learn filters, as a value with all its settings.
///
/// Run folders, checkpoints, resuming, evaluation, studies, reports, comparisons and exports know a
/// method by this protocol alone. A new one is a type that conforms, registered in
/// `LearningMethods.all`.
public protocol LearningMethod: Configuration {
  /// What learns by this method.
  associatedtype Learner: FilterLearner

  /// How studies call it.
  static var name: String { get }
  /// The command that begins and resumes its runs, "svae train"; nil where only code does.
  static var command: String? { get }
  /// The setting that says how long it learns, "training.epochs", which may be raised for a run that
  /// is resumed; nil where there is none.
  static var length: String? { get }
  /// The columns of its `metrics.csv`, in order. The last, `seconds`, is added to all.
  static var columns: [Column<Learner.Epoch>] { get }
  /// What it measures beside `Measure.common`.
  static var measures: [Measure] { get }

  /// Decides everything random but the data.
  var seed: UInt64 { get set }
  /// K, the number of filters.
  var latents: Int { get }
  /// The settings that tables show.
  var brief: MethodBrief { get }
  /// About how much work a run is, in multiplications.
  var cost: Double { get }

  /// What these settings are laid over for data of one kind: the defaults, unless a setting says
  /// otherwise.
  func base(for kind: PatchKind) throws -> Self

  /// Begins, or resumes.
  ///
  /// - Parameter checkpoint: what `FilterLearner.checkpoint` gave; nil to begin.
  /// - Throws: an error that says why data or checkpoint do not fit.
  func learner(on site: LearningSite, from checkpoint: Safetensors?) throws -> Learner

  /// The learned model from its tensors, as `LearnedModel.tensors` gives them.
  ///
  /// - Parameter pixels: of a patch.
  /// - Throws: an error that says why the tensors are not such a model.
  func model(from file: Safetensors, pixels: Int) throws -> Learner.Model

  /// The course of learning, as `curves.png` shows it.
  func curves(of metrics: MetricsTable) -> any Figure

  /// What to say of a finished run besides its headline, such as that it was short; nil for nothing.
  func remark(on summary: Summary) -> String?
  /// What to say after an epoch besides its numbers, such as why filters are not active yet; nil for
  /// nothing.
  func remark(after epoch: Learner.Epoch) -> String?
  /// The options of `command` that learn in smaller steps, for a run that diverged:
  /// "--learning-rate 0.0001"; nil where there are none.
  var gentler: String? { get }
}

extension LearningMethod {
  public static var command: String? { nil }
  public static var length: String? { nil }
  public static var measures: [Measure] { [] }
  public func remark(on summary: Summary) -> String? { nil }
  public func remark(after epoch: Learner.Epoch) -> String? { nil }
  public var gentler: String? { nil }

  /// A number for people to type again: "0.0001".
  static func short(_ value: Double) -> String { String(format: "%g", value) }

  public func base(for kind: PatchKind) throws -> Self { .defaults(for: kind) }

  /// Every column against the first.
  public func curves(of metrics: MetricsTable) -> any Figure {
    ChartGrid(
      panels: metrics.columns.dropFirst().dropLast().map { name in
        metrics.chart(name, ["": name], y: Axis(name))
      }, columns: 2)
  }
}

/// Learns, an epoch at a time.
public protocol FilterLearner {
  /// What is learned.
  associatedtype Model: LearnedModel
  /// What an epoch tells of itself: a row of `metrics.csv`.
  associatedtype Epoch: LearningEpoch

  /// The model as it is now.
  var model: Model { get }
  /// Steps that are done, and steps in all.
  var progress: (done: Int, total: Int) { get }
  /// All that is needed to resume from here to the same bits.
  var checkpoint: Safetensors { get throws }

  /// The number of the last finished epoch, as `LearningEpoch.number` counts; 0 for none.
  var lastEpoch: Int { get }

  /// Learns to the end of the present epoch: of a row of `metrics.csv`.
  ///
  /// - Parameter goesOn: called after every step with the steps done; false stops there.
  /// - Returns: nil where it was stopped before the epoch's end.
  /// - Throws: a `LearningDivergence` where numbers left the finite range.
  mutating func learnEpoch(_ goesOn: (_ done: Int) -> Bool) throws -> Epoch?
}

/// What an epoch gave.
public protocol LearningEpoch: Sendable {
  /// 1 for the first: what the first column of `metrics.csv` counts.
  var number: Int { get }
  /// The model on validation patches; nil where an epoch's end does not measure all that much.
  var evaluation: FilterEvaluation? { get }
  /// Of the validation patches' reconstructions; nil where that is not known.
  var signalToNoise: SignalToNoise? { get }
}

extension LearningEpoch {
  public var evaluation: FilterEvaluation? { nil }
  public var signalToNoise: SignalToNoise? { evaluation?.signalToNoise }
}

/// Numbers left the finite range.
public protocol LearningDivergence: Error {}

/// What a method learns on: patches, and what measures filters of such patches.
public struct LearningSite {
  /// The patches of all splits.
  public let data: DataSet
  /// What measures filters of such patches.
  public let instruments: Instruments
  /// The threads to learn on.
  public let team: ThreadTeam

  /// At most `count` patches that tell an epoch's course: of the validation split or, where there
  /// is none, of training.
  public func validationPatches(_ count: Int) -> Matrix {
    let patches = data.validation.rows > 0 ? data.validation : data.train
    return patches.rows > count ? patches.selectingRows(0..<count) : patches
  }
}

/// A method's settings in short, as tables show them; nil for what it does not have.
public struct MethodBrief: Hashable, Sendable {
  /// The filters' constraint, by name.
  public var constraint: String?
  /// Whether the gradient's component along each filter is removed.
  public var tangent: Bool?
  /// Whether weight normalisation's gains are learned.
  public var learnsGain: Bool?
  /// The codes' prior, by name.
  public var prior: String?
  /// The codes' posterior, by name.
  public var posterior: String?
  /// Which variances the likelihood's noise has, by name. Nats of different ones do not compare.
  public var noise: String?

  /// What is left out the method does not have.
  public init(
    constraint: String? = nil, tangent: Bool? = nil, learnsGain: Bool? = nil,
    prior: String? = nil, posterior: String? = nil, noise: String? = nil
  ) {
    self.constraint = constraint
    self.tangent = tangent
    self.learnsGain = learnsGain
    self.prior = prior
    self.posterior = posterior
    self.noise = noise
  }
}
