/// A type that settings can have: it is read from a form and gives its form, exactly.
public protocol SettingValue: Hashable, Sendable {
  /// What is expected where a form does not fit: "a whole number".
  static var expected: String { get }
  /// The words that a value is one of; empty where there are too many to list.
  static var choices: [String] { get }
  /// What reads as this value, to the bit.
  var form: SettingForm { get }

  /// - Throws: a `SettingFault` where a form does not stand for a value of this type.
  init(_ form: SettingForm) throws(SettingFault)

  /// This value with what is given later laid over it: another value replaces it.
  func overlaid(with later: Self) -> Self
}

extension SettingValue {
  public static var choices: [String] { [] }

  public func overlaid(with later: Self) -> Self { later }
}

extension SettingValue where Self: LosslessStringConvertible {
  /// The value as Swift writes it.
  public var form: SettingForm { .plain(description) }

  /// Digits may be grouped by underscores.
  public init(_ form: SettingForm) throws(SettingFault) {
    guard let text = form.characters, let value = Self(text) ?? Self(text.filter { $0 != "_" })
    else { throw SettingFault(form, expected: Self.expected) }
    self = value
  }
}

extension Int: SettingValue {
  public static var expected: String { "a whole number" }
}

extension UInt64: SettingValue {
  public static var expected: String { "a whole number, 0 or more" }
}

extension SettingValue where Self: BinaryFloatingPoint & LosslessStringConvertible {
  public static var expected: String { "a number" }

  /// The fewest digits that tell the number from its neighbours.
  public var form: SettingForm {
    let digits = description
    if !isFinite { return .plain(isNaN ? ".nan" : self < 0 ? "-.inf" : ".inf") }
    return .plain(digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits)
  }

  /// ".inf" and ".nan" are YAML's infinity and no number.
  public init(_ form: SettingForm) throws(SettingFault) {
    let text = form.characters?.lowercased().filter { $0 != "_" }
    let word = text.map {
      $0.hasSuffix("inf") || $0.hasSuffix("nan") ? $0.filter { $0 != "." } : $0
    }
    guard let value = word.flatMap(Self.init) else {
      throw SettingFault(form, expected: Self.expected)
    }
    self = value
  }
}

extension Double: SettingValue {}
extension Float: SettingValue {}

extension Bool: SettingValue {
  public static var expected: String { "true or false" }

  public init(_ form: SettingForm) throws(SettingFault) {
    switch form.characters?.lowercased() {
    case "true", "yes", "on": self = true
    case "false", "no", "off": self = false
    default: throw SettingFault(form, expected: Self.expected)
    }
  }
}

extension String: SettingValue {
  public static var expected: String { "text" }

  public var form: SettingForm { .text(self) }
}

/// Choices among few, by their words.
extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  public static var expected: String { choices.joined(separator: ", ") }

  public static var choices: [String] { allCases.map(\.rawValue) }

  /// The word.
  public var form: SettingForm { .text(rawValue) }

  /// Only the type's own words are read.
  public init(_ form: SettingForm) throws(SettingFault) {
    guard let value = form.characters.flatMap(Self.init(rawValue:)) else {
      throw SettingFault(form, expected: Self.expected)
    }
    self = value
  }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  public static var expected: String { Wrapped.expected }

  public static var choices: [String] { Wrapped.choices }

  public var form: SettingForm { self?.form ?? .null }

  public init(_ form: SettingForm) throws(SettingFault) {
    self = form == .null ? nil : try Wrapped(form)
  }

  public func overlaid(with later: Self) -> Self {
    if let self, let later { self.overlaid(with: later) } else { later }
  }
}

extension Array: SettingValue where Element: SettingValue {
  public static var expected: String { "a list such as [1, 2]" }

  public var form: SettingForm { .list(map(\.form)) }

  public init(_ form: SettingForm) throws(SettingFault) {
    guard case .list(let forms) = form else {
      throw SettingFault(form, expected: Self.expected)
    }
    self = []
    for (index, form) in forms.enumerated() {
      do {
        append(try Element(form))
      } catch var fault {
        fault.index = index
        throw fault
      }
    }
  }
}

extension Dictionary: SettingValue where Key == String, Value: SettingValue {
  public static var expected: String { "values by name, such as {name: 1}" }

  public var form: SettingForm { .map(mapValues(\.form)) }

  public init(_ form: SettingForm) throws(SettingFault) {
    guard case .map(let forms) = form else {
      throw SettingFault(form, expected: Self.expected)
    }
    self = [:]
    for (key, form) in forms.sorted(by: { $0.key < $1.key }) {
      do {
        self[key] = try Value(form)
      } catch var fault {
        fault.entry = key
        throw fault
      }
    }
  }

  /// Entry by entry; a map without entries takes all away.
  public func overlaid(with later: Self) -> Self {
    later.isEmpty ? later : merging(later) { _, later in later }
  }
}
