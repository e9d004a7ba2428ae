import Compute

/// The ways to learn filters, by the names that studies use.
public enum LearningMethods {
  /// A new method is one more entry; one that is defined elsewhere is registered.
  public static let all = Registry<any LearningMethod.Type>([
    SparseVAEConfiguration.name: SparseVAEConfiguration.self,
    DictionaryConfiguration.name: DictionaryConfiguration.self,
  ])

  /// "svae, sparse-coding"
  package static var names: String { all.names.joined(separator: ", ") }

  /// The method whose configuration has these keys at its top.
  ///
  /// - Throws: a `RunError` where there is none.
  static func method(
    withSections keys: some Collection<String>
  ) throws -> any LearningMethod.Type {
    for type in all.elements where keys.allSatisfy(type.sections.contains) { return type }
    throw RunError(
      "no method has the settings \(keys.sorted().joined(separator: ", "))",
      remedy: "the methods are \(names)")
  }
}

/// What determines a run: the configuration of any method.
public struct MethodConfiguration: Sendable {
  /// The configuration.
  public var method: any LearningMethod

  /// Wraps a configuration.
  public init(_ method: any LearningMethod) { self.method = method }
}

extension MethodConfiguration: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    AnyHashable(a.method) == AnyHashable(b.method)
  }

  public func hash(into hasher: inout Hasher) { method.hash(into: &hasher) }
}

/// Coded as the configuration itself, whose keys tell the method.
extension MethodConfiguration: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    method = try LearningMethods.method(withSections: keys).init(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws { try method.encode(to: encoder) }
}
