import Compute
import Foundation
import ImageData
import Learning

/// The data of a study's runs: prepared once for each distinct configuration, and shared.
final class StudyData {
  private var prepared: [DataSettings: DataSet] = [:]
  private let team: ThreadTeam

  init(team: ThreadTeam) { self.team = team }

  /// Prepares what is not yet there, on all the team's threads.
  func dataSet(_ settings: DataSettings) throws -> DataSet {
    if let data = prepared[settings] { return data }
    let data = try settings.dataSet(team: team)
    prepared[settings] = data
    return data
  }

  /// Where a study's images lie.
  struct Place {
    /// nil is dead leaves, generated.
    let path: String?
    /// What is to be said plainly, where the images are not those that were wanted.
    let note: String?

    /// - Parameters:
    ///   - name: the folder as given or as the study names it, looked for in `folder` first.
    ///   - isGiven: whether the user named it; it then must be there.
    ///   - otherwise: "dead-leaves" where these may take the data's place.
    init(_ name: String?, isGiven: Bool, otherwise: String?, folder: String?) throws {
      guard let name else {
        (path, note) = (nil, nil)
        return
      }
      var candidates = [URL(filePath: name)]
      if let folder, !isGiven {
        candidates.insert(URL(filePath: folder).appending(path: name), at: 0)
      }
      let found = candidates.first { FileManager.default.fileExists(atPath: $0.path) }
      if isGiven || found != nil {
        path = (found ?? candidates[0]).standardizedFileURL.path
        note = nil
      } else if otherwise == "dead-leaves" {
        path = nil
        note =
          "These are not photographs: no data was given, so dead leaves images were generated. "
          + "Name a folder of photographs with --data to repeat the study on them."
      } else {
        throw RunError(
          "the study's data, \(name), was not found",
          remedy: "name its folder with --data, or the folder that holds it with SVAE_DATA")
      }
    }
  }
}
