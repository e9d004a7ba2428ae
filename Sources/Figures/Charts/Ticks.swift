import RealModule

/// Round numbers along an axis.
enum Ticks {
  /// The step of 1, 2 or 5 times a power of ten that cuts `range` into about `count` pieces.
  static func step(_ range: ClosedRange<Double>, about count: Int, isInteger: Bool) -> Double {
    let raw = (range.upperBound - range.lowerBound) / Double(max(count, 1))
    let decade = Double.pow(10, decimalLogarithm(raw).rounded(.down))
    let factor: Double =
      switch raw / decade {
      case ..<1.42: 1
      case ..<3.17: 2
      case ..<7.08: 5
      default: 10
      }
    let step = factor * decade
    return isInteger ? max(1, step) : step
  }

  /// The smallest range between multiples of `step` that holds `range`.
  static func rounded(_ range: ClosedRange<Double>, to step: Double) -> ClosedRange<Double> {
    // A bound that misses a multiple by rounding error only is that multiple.
    let low = (range.lowerBound / step + 1e-9).rounded(.down) * step
    let high = (range.upperBound / step - 1e-9).rounded(.up) * step
    return low < high ? low...high : low...low + step
  }

  /// The multiples of `step` within `range`.
  static func linear(_ range: ClosedRange<Double>, step: Double) -> [ResolvedAxis.Tick] {
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    if !(last - first < 1000) { return [] }
    let largest = max(abs(first), abs(last)) * step
    return stride(from: first, through: last, by: 1).map { index in
      ResolvedAxis.Tick(
        value: index * step, label: label(index * step, step: step, largest: largest))
    }
  }

  /// Powers of ten with their labels, and the multiples between them without.
  static func logarithmic(_ range: ClosedRange<Double>, about count: Int) -> [ResolvedAxis.Tick] {
    let low = decimalLogarithm(range.lowerBound)
    let high = decimalLogarithm(range.upperBound)
    let first = Int((low + 1e-9).rounded(.down))
    let last = Int((high - 1e-9).rounded(.up))
    // Few decades: label multiples too. Many: only each n-th power of ten.
    let every = max(1, (last - first + count - 1) / max(count, 1))
    let plain = (first...max(first, last)).allSatisfy { (-2...3).contains($0) }
    let labelled: [Double] = high - low < 1.01 ? [1, 2, 5] : high - low < 2.01 ? [1, 3] : [1]
    var ticks: [ResolvedAxis.Tick] = []
    for exponent in first...max(first, last) {
      for digit in 1...9 {
        let value = Double(digit) * .pow(10, Double(exponent))
        if value < range.lowerBound * (1 - 1e-9) || value > range.upperBound * (1 + 1e-9) {
          continue
        }
        if labelled.contains(Double(digit)) && (exponent - first) % every == 0 {
          ticks.append(.init(value: value, label: decadeLabel(digit, exponent, isPlain: plain)))
        } else if every == 1 || digit == 1 {
          ticks.append(.init(value: value, label: ""))
        }
      }
    }
    return ticks
  }

  /// The smallest range between whole powers of ten, or their double or fivefold, around `range`.
  static func roundedToDecades(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let low = Double.pow(10, (decimalLogarithm(range.lowerBound) + 1e-9).rounded(.down))
    let high = Double.pow(10, (decimalLogarithm(range.upperBound) - 1e-9).rounded(.up))
    let (lower, upper) = (range.lowerBound * (1 + 1e-9), range.upperBound * (1 - 1e-9))
    let start = [5.0, 2].first { low * $0 <= lower } ?? 1
    let end = [0.2, 0.5].first { high * $0 >= upper } ?? 1
    return low * start...high * end
  }

  static func decimalLogarithm(_ value: Double) -> Double {
    .log(value) / .log(10)
  }

  /// A number with as many decimals as its step has, or as a power of ten where it is very large or
  /// very small.
  static func label(_ value: Double, step: Double, largest: Double) -> String {
    if abs(value) < step / 2 { return "0" }
    if largest >= 1e6 || largest < 1e-3 {
      let exponent = Int((decimalLogarithm(largest) + 1e-9).rounded(.down))
      let unit = Double.pow(10, Double(exponent))
      return decimal(value / unit, step: step / unit) + "×10" + superscript(exponent)
    }
    return decimal(value, step: step)
  }

  /// A number in decimals, with as many as `step` needs, thousands apart from 10,000 on.
  static func decimal(_ value: Double, step: Double) -> String {
    let decimals = max(0, min(12, Int((-decimalLogarithm(step) - 1e-9).rounded(.up))))
    let unit = Double.pow(10, Double(decimals))
    let scaled = Int((min(abs(value), 1e15) * unit).rounded())
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(unit))
    var digits = String(whole)
    if whole >= 10_000 {
      for place in stride(from: digits.count - 3, to: 0, by: -3) {
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      }
    }
    if decimals > 0 {
      let fraction = String(rest)
      digits += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
    return (value < 0 && scaled > 0 ? "−" : "") + digits
  }

  private static func decadeLabel(_ digit: Int, _ exponent: Int, isPlain: Bool) -> String {
    if isPlain {
      let value = Double(digit) * .pow(10, Double(exponent))
      return decimal(value, step: .pow(10, Double(min(exponent, 0))))
    }
    return (digit == 1 ? "" : "\(digit)×") + "10" + superscript(exponent)
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(exponent).reduce(into: "") { text, character in
      text.append(character.wholeNumberValue.map { digits[$0] } ?? "⁻")
    }
  }
}
