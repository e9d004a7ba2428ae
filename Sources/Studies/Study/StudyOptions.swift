import Foundation
import Learning

/// What the command line may say about a study.
public struct StudyOptions: Sendable {
  /// One of the study's presets; nil is the study as it stands.
  public var preset: String?
  /// Other data than the study names.
  public var data: String?
  /// Other seeds: 1 … n.
  public var seeds: Int?
  /// Settings laid over every condition's, such as training.epochs=2.
  public var settings: [String] = []
  /// The folder in which data is looked for that does not lie where it is named.
  public var dataFolder: String?

  /// What the study itself says, with data looked for in the folder SVAE_DATA.
  public init() { dataFolder = ProcessInfo.processInfo.environment["SVAE_DATA"] }
}
