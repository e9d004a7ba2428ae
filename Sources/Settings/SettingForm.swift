/// What stands for a setting's value in a file or on a command line, before it has a type.
public indirect enum SettingForm: Hashable, Sendable {
  /// Nothing: the value follows from other settings or from the data.
  case null
  /// A number or a truth value, written as it is.
  case plain(String)
  /// Any characters.
  case text(String)
  /// "[1, 2]"
  case list([SettingForm])
  /// "{name: 1}"
  case map([String: SettingForm])

  /// The characters of a single value; nil for anything else.
  public var characters: String? {
    switch self {
    case .plain(let characters), .text(let characters): characters
    case .null, .list, .map: nil
    }
  }

  /// The form as YAML on one line.
  public var yaml: String {
    switch self {
    case .null: "null"
    case .plain(let characters): characters
    case .text(let characters): Self.quoted(characters)
    case .list(let elements): "[" + elements.map(\.yaml).joined(separator: ", ") + "]"
    case .map(let entries):
      "{"
        + entries.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)): \($0.value.yaml)" }.joined(separator: ", ") + "}"
    }
  }

  /// Words that YAML takes for nothing, for truth values or for numbers.
  private static let reserved: Set<String> = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "infinity", "nan",
  ]

  /// In quotes, unless the text reads as itself without.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "_-./+".unicodeScalars.contains(scalar)
    }
    let begins = text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" }
    if isPlain, begins == true, !reserved.contains(text.lowercased()) { return text }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case " "..."~": String(scalar)
    case _ where scalar.properties.isAlphabetic: String(scalar)
    default: "\\U" + padded(String(scalar.value, radix: 16))
    }
  }

  private static func padded(_ digits: String) -> String {
    String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}

/// A form that does not stand for a value of the type that is wanted.
public struct SettingFault: Error, Hashable, Sendable {
  /// What was found.
  public var found: SettingForm
  /// What would be right: "a whole number".
  public var expected: String
  /// The element of a list at fault.
  public var index: Int?
  /// The entry of a map at fault.
  public var entry: String?

  /// A fault in a single value; `index` and `entry` tell where within a list or a map it was.
  public init(_ found: SettingForm, expected: String) {
    self.found = found
    self.expected = expected
  }

  /// "model.encoder.trunk[1]: x"
  public func problem(of key: String) -> String {
    let place = index.map { "[\($0)]" } ?? entry.map { ".\($0)" } ?? ""
    return "\(key)\(place): \(found.characters ?? found.yaml)"
  }
}
