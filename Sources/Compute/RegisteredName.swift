/// Types of one kind that are chosen by name: the priors, say.
public protocol RegisteredTypes: Sendable {
  /// A type of this kind.
  associatedtype Member: Sendable

  /// What one of them is called in messages: "prior".
  static var noun: String { get }

  /// The types by name.
  static var all: Registry<Member> { get }
}

extension RegisteredTypes {
  /// Makes a member known by a name, so that configurations can choose it and saved runs load.
  public static func register(_ member: Member, as name: String) { all.register(member, as: name) }
}

/// A type's name, as options and configurations give it: only registered names can be read.
public struct RegisteredName<Types: RegisteredTypes>: RawRepresentable, Hashable, Codable,
  CaseIterable, Sendable
{
  /// The name itself.
  public let rawValue: String

  /// The name as it stands, registered or not.
  public init(name: String) { rawValue = name }

  /// The name; nil where nothing is registered by it.
  public init?(rawValue: String) {
    guard Types.all[rawValue] != nil else { return nil }
    self.init(name: rawValue)
  }

  /// All names that can be chosen, in order.
  public static var allCases: [Self] { Types.all.names.map { Self(name: $0) } }

  /// The type that does the mathematics.
  ///
  /// - Throws: a `ParameterError` that lists the names there are where this one is unknown.
  public var type: Types.Member {
    get throws(ParameterError) {
      if let type = Types.all[rawValue] { return type }
      throw ParameterError(
        "unknown \(Types.noun) \(rawValue)", expected: Types.all.names.joined(separator: ", "))
    }
  }

  /// What the name stands for.
  ///
  /// - Precondition: it is registered, as a name that was read or is one of `allCases` is.
  public var entry: Types.Member {
    guard let entry = Types.all[rawValue] else {
      preconditionFailure("no \(Types.noun) is registered by the name \(rawValue)")
    }
    return entry
  }
}
