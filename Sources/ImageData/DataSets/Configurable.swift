import Settings

/// What has a table of settings, with defaults that the kind of data decides.
public protocol Configurable: Hashable, Sendable {
  /// All settings, section by section, in the order in which files have them.
  static var settings: [Setting<Self>] { get }

  /// The defaults for data of one kind.
  static func defaults(for kind: PatchKind) -> Self

  /// Fills in every nil that depends on other settings or on the kind of data.
  mutating func resolve(for kind: PatchKind)
}

extension Configurable {
  /// With every nil filled in that depends on other settings or on the kind of data.
  public func resolved(for kind: PatchKind) -> Self {
    var resolved = self
    resolved.resolve(for: kind)
    return resolved
  }
}
