/// The values that a setting may take, and how that is said.
public struct SettingRange<Value: Sendable>: Sendable {
  /// "from 1 to 65,536"; nil where every value of the type is right.
  let text: String?
  /// The words that a value is one of; nil where it is none of few.
  let choices: (@Sendable () -> [String])?
  let contains: @Sendable (Value) -> Bool

  /// - Parameter text: what follows "expected": "two numbers, the first less".
  public init(_ text: String, contains: @escaping @Sendable (Value) -> Bool) {
    self.init(text: text, choices: nil, contains: contains)
  }

  private init(
    text: String?, choices: (@Sendable () -> [String])?,
    contains: @escaping @Sendable (Value) -> Bool
  ) {
    self.text = text
    self.choices = choices
    self.contains = contains
  }

  /// Every value of the type.
  public static var any: SettingRange { SettingRange(text: nil, choices: nil) { _ in true } }

  /// The range of a value that may be nil, which it then may.
  var optional: SettingRange<Value?> {
    SettingRange<Value?>(text: text, choices: choices) { value in value.map(contains) ?? true }
  }
}

extension SettingRange where Value: Comparable {
  /// - Parameter unit: "pixels", where the numbers have one.
  public static func from(_ low: Value, to high: Value, _ unit: String? = nil) -> SettingRange {
    SettingRange(
      "from \(digits(low)) to \(digits(high))" + (unit.map { " \($0)" } ?? "")
    ) { low <= $0 && $0 <= high }
  }

  /// low ≤ value < high
  public static func from(_ low: Value, lessThan high: Value) -> SettingRange {
    SettingRange("\(digits(low)) or more, and less than \(digits(high))") { low <= $0 && $0 < high }
  }

  /// low < value < high
  public static func moreThan(_ low: Value, lessThan high: Value) -> SettingRange {
    SettingRange("more than \(digits(low)) and less than \(digits(high))") { low < $0 && $0 < high }
  }

  /// low < value ≤ high
  public static func moreThan(_ low: Value, atMost high: Value) -> SettingRange {
    SettingRange("more than \(digits(low)) and at most \(digits(high))") { low < $0 && $0 <= high }
  }

  /// "65,536", "0.5"
  private static func digits(_ value: Value) -> String {
    let text = "\(value)"
    let digits = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    guard digits.count > 4, digits.allSatisfy(\.isNumber) else { return digits }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return grouped
  }
}

extension SettingRange where Value: FixedWidthInteger {
  /// value ≥ low
  public static func atLeast(_ low: Value) -> SettingRange {
    SettingRange("at least \(low)") { $0 >= low }
  }
}

extension SettingRange where Value: BinaryFloatingPoint {
  /// Finite numbers above 0.
  public static var positive: SettingRange {
    SettingRange("more than 0") { $0 > 0 && $0.isFinite }
  }
}

extension SettingRange where Value: Numeric & Comparable {
  /// 0, and what is more and finite.
  public static var zeroOrMore: SettingRange {
    // An infinity's difference from itself is not a number.
    SettingRange("0 or more") { $0 >= 0 && $0 - $0 == 0 }
  }
}

extension SettingRange where Value == String {
  /// One of the names that there are when it is asked, as of a registry.
  public static func oneOf(_ names: @escaping @Sendable () -> [String]) -> SettingRange {
    SettingRange(text: nil, choices: names) { names().contains($0) }
  }
}

extension SettingRange where Value: RawRepresentable, Value.RawValue == String {
  /// One of some of a type's values.
  public static func oneOf(_ values: @escaping @Sendable () -> [Value]) -> SettingRange {
    SettingRange(
      text: nil, choices: { values().map(\.rawValue) },
      contains: { value in values().contains { $0.rawValue == value.rawValue } })
  }
}

extension SettingRange {
  /// Lists of any length, with each element in a range.
  ///
  /// - Parameter noun: what the elements are: "widths".
  public static func each<Element>(
    _ noun: String, _ range: SettingRange<Element>
  ) -> SettingRange where Value == [Element] {
    SettingRange(range.text.map { "\(noun) \($0)" } ?? noun) { $0.allSatisfy(range.contains) }
  }
}
