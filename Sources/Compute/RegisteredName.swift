/// The name of something in a registry, as options and configurations give it: only registered
/// names can be read.
public protocol RegisteredName: RawRepresentable<String>, Hashable, Codable, CaseIterable, Sendable
{
  /// The names that can be chosen, in order.
  static var registered: [String] { get }

  /// The name as it stands, registered or not.
  init(name: String)
}

extension RegisteredName {
  /// The name; nil where nothing is registered by it.
  public init?(rawValue: String) {
    guard Self.registered.contains(rawValue) else { return nil }
    self.init(name: rawValue)
  }

  /// All names that can be chosen, in order.
  public static var allCases: [Self] { registered.map { Self(name: $0) } }
}
