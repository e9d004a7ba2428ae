import Compute
import RealModule

/// Olshausen & Field's gain rule: norms follow the codes' variances until all are the goal's.
///
/// gₖ ← gₖ·(⟨zₖ²⟩/goal)^rate with ⟨zₖ²⟩ a running mean, then φₖ ← gₖ·φₖ/‖φₖ‖₂. A latent that is
/// used too little gets a shorter filter, so that its code must grow. Olshausen & Field 1997,
/// equation 18.
public struct VarianceMatching: FilterConstraint {
  /// What is kept of each filter.
  public struct State: ConstraintState {
    /// ⟨zₖ²⟩
    public var variance: Float
    /// gₖ
    public var gain: Float
  }

  public static let name = "variance-matching"
  public static let parameters = [goal, rate, averaging, lowest, highest, followsFilter]
  /// The variance that is aimed at, as configurations name it.
  public static let goal = Parameter(
    "goal", "the variance of every code that is aimed at", standard: 0.01,
    range: .leastNonzeroMagnitude...1e30)
  /// α, as configurations name it.
  public static let rate = Parameter(
    "rate", "how fast the norms follow", standard: 0.001, range: 0...1)
  /// A batch's weight in ⟨zₖ²⟩, as configurations name it.
  public static let averaging = Parameter(
    "averaging", "the weight of a batch in the running mean", standard: 0.01, range: 0...1)
  /// The least gₖ, as configurations name it.
  public static let lowest = Parameter(
    "lowest", "the least norm", standard: 0.05, range: 1e-6...1)
  /// The greatest gₖ, as configurations name it.
  public static let highest = Parameter(
    "highest", "the greatest norm", standard: 20, range: 1...1e6)
  /// `followsFilter`, as configurations name it.
  public static let followsFilter = Parameter.flag(
    "followsFilter", "norms follow from the filters' own", standard: false)

  /// The variance that every code is to have.
  public var goal: Float
  /// How fast the norms follow; Olshausen & Field's α. Their codes were optimal at each step; a
  /// recognition network follows slowly, and at rates near 0.01 norms swing ever wider.
  public var rate: Float
  /// Weight of a batch in the running mean.
  public var averaging: Float
  /// The norms that the rule may reach.
  ///
  /// A weak filter's code is penalised more, so that below some norm its variance falls rather than
  /// rises. The limits keep such filters in the race.
  public var gainRange: ClosedRange<Float>
  /// Whether gₖ is the filter's own norm before the step, rather than the one that the rule set
  /// last: where others change filters too, as dictionary learning does.
  public var followsFilter: Bool

  /// The rule with α, a weight of batches in ⟨zₖ²⟩ and limits of gₖ that suit models.
  public init(
    goal: Float, rate: Float = 0.001, averaging: Float = 0.01,
    gainRange: ClosedRange<Float> = 0.05...20, followsFilter: Bool = false
  ) {
    (self.goal, self.rate, self.averaging) = (goal, rate, averaging)
    (self.gainRange, self.followsFilter) = (gainRange, followsFilter)
  }

  public init(settings: [String: Double]) {
    self.init(
      goal: Float(settings[Self.goal]), rate: Float(settings[Self.rate]),
      averaging: Float(settings[Self.averaging]),
      gainRange: Float(settings[Self.lowest])...Float(settings[Self.highest]),
      followsFilter: settings[Self.followsFilter] == 1)
  }

  public func initialState(of filter: FilterRow) -> State {
    State(variance: goal, gain: filter.norm)
  }

  public func prepare(
    _ filter: FilterRow, gradient: FilterRow, _ state: inout State, _ context: ConstraintContext
  ) {
    state.variance = (1 - averaging) * state.variance + averaging * context.codePower
    let factor = Float(Double.pow(Double(state.variance / goal), Double(rate)))
    let gain = factor * (followsFilter ? filter.norm : state.gain)
    state.gain = min(max(gain, gainRange.lowerBound), gainRange.upperBound)
  }

  public func project(_ filter: FilterRow, _ state: inout State) -> Bool {
    filter.normalize(to: state.gain)
  }
}
