import Foundation
import ImageData

/// What determines a run: the configuration of a model or of a dictionary.
public enum MethodConfiguration: Hashable, Sendable {
  case svae(RunConfiguration)
  case sparseCoding(DictionaryConfiguration)

  /// The methods by the names that studies use.
  enum Name: String, CaseIterable, Codable, Sendable {
    case svae
    case sparseCoding = "sparse-coding"
  }

  /// The configuration that the run in this folder was made with.
  public init(of folder: RunFolder) throws {
    self =
      folder.isDictionary
      ? .sparseCoding(try folder.dictionaryConfiguration()) : .svae(try folder.configuration())
  }

  /// The configuration as what all methods have in common.
  var method: any LearningMethod {
    get {
      switch self {
      case .svae(let configuration): configuration
      case .sparseCoding(let configuration): configuration
      }
    }
    set {
      switch newValue {
      case let configuration as RunConfiguration: self = .svae(configuration)
      case let configuration as DictionaryConfiguration: self = .sparseCoding(configuration)
      default: preconditionFailure("\(type(of: newValue)) has no case")
      }
    }
  }

  /// The model's configuration; nil for a dictionary.
  public var svae: RunConfiguration? {
    if case .svae(let configuration) = self { configuration } else { nil }
  }

  /// The dictionary's configuration; nil for a model.
  public var sparseCoding: DictionaryConfiguration? {
    if case .sparseCoding(let configuration) = self { configuration } else { nil }
  }

  public var data: DataSettings { method.data }
  /// K, the number of filters.
  public var latents: Int { method.latents }

  /// As `config.yaml` has it.
  var yaml: String { method.yaml }
}

/// Coded as the configuration itself; a dictionary's has the key `sparseCoding`.
extension MethodConfiguration: Codable {
  private enum Key: CodingKey { case sparseCoding }

  public init(from decoder: any Decoder) throws {
    let isDictionary = try decoder.container(keyedBy: Key.self).contains(.sparseCoding)
    self =
      isDictionary
      ? .sparseCoding(try DictionaryConfiguration(from: decoder))
      : .svae(try RunConfiguration(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws { try method.encode(to: encoder) }
}
