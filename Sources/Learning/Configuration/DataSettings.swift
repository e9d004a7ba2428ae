import ImageData
import Settings

/// Which data, and how patches are made of it.
public struct DataSettings: Codable, Hashable, Sendable {
  /// A folder or file; nil is dead leaves, generated.
  public var source: String?
  /// How patches are made.
  public var preparation = DataConfiguration()

  /// Dead leaves, cut into patches as photographs are.
  public init() {}

  /// What lies there.
  ///
  /// - Throws: an `ImageDataError` where there are no images.
  public func open() throws(ImageDataError) -> DataSource {
    try DataSource.open(path: source, reading: preparation.reading)
  }

  /// The settings `data.…`, which all configurations have.
  public static let settings: [Setting<DataSettings>] =
    [
      Setting(
        "data.source", \.source, "A folder or file of images",
        ifNull: "dead leaves, generated")
    ] + DataConfiguration.settings.map { $0.within(\.preparation) }

  private enum Key: String, CodingKey { case source }

  /// `source` beside the preparation's own keys.
  public init(from decoder: any Decoder) throws {
    source = try decoder.container(keyedBy: Key.self).decodeIfPresent(String.self, forKey: .source)
    preparation = try DataConfiguration(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(source, forKey: .source)
    try preparation.encode(to: encoder)
  }
}
