import Learning

/// The studies that come with the program.
public enum BuiltInStudy: String, CaseIterable, Sendable {
  /// Constraints and heuristics on patches of photographs.
  case natural
  /// The same on handwritten digits.
  case mnist

  /// "natural, mnist"
  public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The study's text.
  public var yaml: String {
    let bytes =
      switch self {
      case .natural: PackageResources.natural_yaml
      case .mnist: PackageResources.mnist_yaml
      }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The study, to be resolved by `StudyFile.study`.
  public func file() throws -> StudyFile { try StudyFile(text: yaml, file: nil) }
}
