/// What runs along one side of a chart.
public struct Axis: Hashable, Sendable {
  /// How values become distances.
  public enum Scale: Hashable, Sendable {
    /// Equal differences are equal distances.
    case linear
    /// Equal factors are equal distances; values that are not positive are left out.
    case logarithmic
  }

  /// What is shown, with its unit: "KL (nats)".
  public var label: String
  /// How values become distances.
  public var scale: Scale
  /// The values at the two ends; by default those of the data, rounded outwards.
  public var range: ClosedRange<Double>?
  /// Whether there are ticks at whole numbers only, as for epochs and counts.
  public var isInteger: Bool
  /// Whether zero is always shown.
  public var includesZero: Bool

  /// An axis of this name, with its unit in brackets.
  public init(
    _ label: String, unit: String? = nil, scale: Scale = .linear,
    range: ClosedRange<Double>? = nil, isInteger: Bool = false, includesZero: Bool = false
  ) {
    self.label = unit.map { "\(label) (\($0))" } ?? label
    self.scale = scale
    self.range = range
    self.isInteger = isInteger
    self.includesZero = includesZero
  }
}

/// An axis whose range and ticks are settled.
struct ResolvedAxis: Hashable, Sendable {
  let label: String
  let scale: Axis.Scale
  let range: ClosedRange<Double>
  let ticks: [Tick]

  struct Tick: Hashable, Sendable {
    let value: Double
    /// Empty for the small ticks between the powers of ten.
    let label: String
  }

  /// How far the range reaches beyond the data.
  enum Fit {
    /// To the next tick on either side.
    case ticks
    /// Not at all.
    case tight
    /// By a twentieth of the data's extent.
    case padded
  }

  /// - Parameters:
  ///   - values: the data along this axis; what cannot be shown is ignored.
  ///   - count: about how many ticks there should be.
  init(_ axis: Axis, values: some Sequence<Double>, fit: Fit, ticks count: Int = 5) {
    label = axis.label
    scale = axis.scale
    let isLogarithmic = axis.scale == .logarithmic
    var shown = ResolvedAxis.extent(of: values, positiveOnly: isLogarithmic)
    if axis.includesZero && !isLogarithmic {
      shown = shown.map { min($0.lowerBound, 0)...max($0.upperBound, 0) }
    }
    let given = axis.range.flatMap { range in
      range.lowerBound.isFinite && range.upperBound.isFinite
        && (!isLogarithmic || range.lowerBound > 0) ? range : nil
    }
    switch axis.scale {
    case .linear:
      let extent = ResolvedAxis.widened(given ?? shown ?? 0...1)
      let step = Ticks.step(extent, about: count, isInteger: axis.isInteger)
      var range = extent
      if given == nil {
        switch fit {
        case .ticks: range = Ticks.rounded(extent, to: step)
        case .tight: break
        case .padded:
          let padding = (extent.upperBound - extent.lowerBound) / 20
          range = extent.lowerBound - padding...extent.upperBound + padding
        }
      }
      self.range = range
      ticks = Ticks.linear(range, step: step)
    case .logarithmic:
      let extent = ResolvedAxis.widenedByFactor(given ?? shown ?? 0.1...1)
      range = given == nil && fit != .tight ? Ticks.roundedToDecades(extent) : extent
      ticks = Ticks.logarithmic(range, about: count)
    }
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper one; nil where it cannot be shown.
  func fraction(_ value: Double) -> Double? {
    if !value.isFinite { return nil }
    switch scale {
    case .linear:
      return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic:
      if value <= 0 { return nil }
      let low = Ticks.decimalLogarithm(range.lowerBound)
      return (Ticks.decimalLogarithm(value) - low)
        / (Ticks.decimalLogarithm(range.upperBound) - low)
    }
  }

  private static func extent(
    of values: some Sequence<Double>, positiveOnly: Bool
  ) -> ClosedRange<Double>? {
    var low = Double.infinity
    var high = -Double.infinity
    // Beyond 1e300 differences overflow.
    for value in values where abs(value) < 1e300 && (value > 0 || !positiveOnly) {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? low...high : nil
  }

  /// A range of some extent, also around a single value.
  private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let magnitude = max(abs(range.lowerBound), abs(range.upperBound))
    if range.upperBound - range.lowerBound > 1e-9 * magnitude { return range }
    if magnitude == 0 { return 0...1 }
    return range.lowerBound - magnitude / 10...range.upperBound + magnitude / 10
  }

  private static func widenedByFactor(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    range.upperBound > range.lowerBound * 1.001
      ? range : range.lowerBound / 2...range.upperBound * 2
  }
}
