import ImageData

/// A configuration of learning that begins with the defaults for a kind of data, over which a file,
/// single settings and options are laid.
public protocol LayeredConfiguration: Codable, Hashable, Sendable {
  var data: RunConfiguration.DataSettings { get set }

  init()

  /// The defaults for data of one kind.
  static func defaults(for kind: PatchKind) -> Self

  /// Its settings in layers, to lay files and single settings over.
  static func layers(over defaults: Self) throws -> ConfigurationFile<Self>

  /// - Throws: a `RunError` that names the first setting out of its range and the range.
  func validate() throws

  /// What is about to be learned, line by line, and what looks wrong.
  ///
  /// - Parameter pixels: of a patch.
  func header(pixels: Int, kind: PatchKind) -> String
}
