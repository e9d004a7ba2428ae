import Foundation

/// Data sets that can be fetched, with their addresses, hashes and licences: the file
/// `data-sets.json` beside this one, or a user's own of the same form.
public struct DataSetList: Codable, Hashable, Sendable {
  /// The data sets, in the order in which they are listed.
  public var sets: [Entry]

  /// A data set.
  public struct Entry: Codable, Hashable, Sendable {
    /// What it is called on the command line.
    public var name: String
    /// What it is, in a line.
    public var title: String
    /// Under what terms it may be used, and what to cite: to be shown before it is fetched.
    public var licence: String
    /// Anything else to know.
    public var note: String?
    /// Its files, in the order in which they are fetched.
    public var files: [File]
  }

  /// A file of a data set.
  public struct File: Codable, Hashable, Sendable {
    /// The file's name in the folder of the data set, and on a mirror.
    public var name: String
    /// Where it is, the first choice first.
    public var addresses: [String]
    /// Bytes; nil where they are not known.
    public var size: Int?
    /// Of the file; nil where none is published: then the one that comes first is recorded.
    public var sha256: String?
    /// Of the unpacked content of a gzipped file, which mirrors may have packed again.
    public var contentSHA256: String?
    /// What to take out of an archive (.tar.gz); nil where the file itself is the data.
    public var unpack: Unpacking?
  }

  /// What is taken out of an archive.
  public struct Unpacking: Codable, Hashable, Sendable {
    /// Only entries below this path are taken, and lose it.
    public var below: String
    /// Only files with these extensions are taken.
    public var extensions: [String]
  }

  /// The list that comes with this package.
  public static func builtIn() throws(ImageDataError) -> DataSetList {
    try parse(Data(PackageResources.data_sets_json), file: nil)
  }

  /// A user's own list.
  public init(contentsOf file: URL) throws(ImageDataError) {
    self = try Self.parse(contents(of: file), file: file)
  }

  /// - Throws: where there is no such data set; the message lists those there are.
  public func entry(_ name: String) throws(ImageDataError) -> Entry {
    guard let entry = sets.first(where: { $0.name == name }) else {
      throw ImageDataError(
        "there is no data set \(name) in the list",
        remedy: "there are: " + sets.map(\.name).joined(separator: ", "))
    }
    return entry
  }

  private static func parse(_ data: Data, file: URL?) throws(ImageDataError) -> DataSetList {
    let list: DataSetList
    do {
      list = try JSONDecoder().decode(DataSetList.self, from: data)
    } catch {
      throw ImageDataError(
        file: file, "is not a list of data sets: \(explanation(error))",
        remedy: "expected {\"sets\": [{\"name\", \"title\", \"licence\", \"files\": [{\"name\", "
          + "\"addresses\"}]}]}")
    }
    for set in list.sets {
      for entry in set.files {
        guard !entry.name.isEmpty, !entry.name.hasPrefix("."), !entry.name.contains("/") else {
          throw ImageDataError(
            file: file, "data set \(set.name) has a file named \"\(entry.name)\"",
            remedy: "expected a plain name without a folder")
        }
      }
    }
    return list
  }

  private static func explanation(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      (context.codingPath.map(\.stringValue) + [context.debugDescription])
        .joined(separator: ", ")
    default: error.localizedDescription
    }
  }
}
