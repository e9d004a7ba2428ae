import Files
import Foundation

/// Files sorted by what can be read from them.
struct FolderContents {
  /// Single images, by content or by extension: a damaged "a.jpg" is to be reported, not missed.
  private(set) var photographs: [URL] = []
  /// Data files that hold images.
  private(set) var arrays: [URL] = []
  /// Data files that hold labels or the like.
  private(set) var otherArrays: [URL] = []
  /// What cannot be read, where its first bytes or its ending say what it is.
  private(set) var others: [(file: URL, kind: FileKind)] = []

  init(_ files: [URL]) {
    let extensions = Set(imageFormats.flatMap(\.fileExtensions))
    for file in files {
      guard let head = FileHead(file)?.bytes else {
        // Not to be missed: reading it as a photograph says why it cannot be read.
        photographs.append(file)
        continue
      }
      let fileExtension = file.pathExtension.lowercased()
      if FileKind.isRawFile(fileExtension), let kind = FileKind(head, file) {
        others.append((file, kind))
      } else if imageFormats.contains(where: { $0.recognises(head) })
        || extensions.contains(fileExtension)
      {
        photographs.append(file)
      } else if let contents = imageArrayFormats.lazy.compactMap({ $0.contents(head) }).first {
        if contents == .other {
          otherArrays.append(file)
        } else if NPZ().contents(head) != nil, !NPZ.holdsArrays(file) {
          others.append((file, .zip))
        } else {
          arrays.append(file)
        }
      } else if let kind = FileKind(head, file) {
        others.append((file, kind))
      }
    }
  }

  /// How many of `others` there are of each kind, and how the first can be read; nil where there are
  /// none.
  var otherKinds: String? {
    // Notes and the like are in many folders.
    let kinds = others.map(\.kind).filter { $0.name != "text" }
    guard let first = kinds.first else { return nil }
    return "found were \(counts(kinds.map(\.name))); \(first.name): \(first.remedy)"
  }

  /// What is not read of a folder from which something is: pictures in other formats, and files that
  /// may hold images; a sentence of each that there are.
  var passedOver: [String] {
    let pictures = others.compactMap { other in other.kind.picture.map { (other.file, $0) } }
    let data =
      others.compactMap { $0.kind.isData ? ($0.file, $0.kind.name) : nil }
      + otherArrays.map { ($0, "labels") }
    return [
      Self.sentence("picture", pictures, "convert them to PNG, TIFF or JPEG"),
      Self.sentence("data file", data, "to use one, name it"),
    ].compactMap { $0 }
  }

  private static func sentence(
    _ what: String, _ files: [(file: URL, kind: String)], _ remedy: String
  ) -> String? {
    if files.isEmpty { return nil }
    let (named, count) = (files.prefix(20).map(\.file.shownName), files.count)
    return "\(count) \(what)\(count == 1 ? " was" : "s were") passed over, of formats that are not "
      + "read (\(counts(files.map(\.kind)))): \(named.joined(separator: ", "))"
      + (count > named.count ? " and \(count - named.count) more" : "") + "; \(remedy)."
  }
}

/// "3 × GIF, 1 × BMP", the most frequent first.
private func counts(_ names: [String]) -> String {
  Dictionary(grouping: names) { $0 }.map { (name: $0.key, count: $0.value.count) }
    .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    .map { "\($0.count) × \($0.name)" }.joined(separator: ", ")
}

/// All files in `folder` and below, in the order of their paths. Hidden ones are passed over, links
/// to folders are followed, but into no folder twice. A folder that cannot be read, and a link that
/// leads nowhere though it is named as an image, come as files, to be reported as unreadable.
func files(in folder: URL) throws(ImageDataError) -> [URL] {
  var visited: Set<FolderIdentity> = []
  guard let files = files(in: folder, visited: &visited) else {
    throw ImageDataError(file: folder, "cannot be read: \(systemFailure())")
  }
  return files.sorted { $0.path < $1.path }
}

/// What a folder has in common with itself by another path.
private struct FolderIdentity: Hashable {
  let device: dev_t
  let number: ino_t
}

/// nil, with the reason in `errno`, where the folder cannot be read.
private func files(in folder: URL, visited: inout Set<FolderIdentity>) -> [URL]? {
  guard let status = SystemPath.status(folder.path) else { return nil }
  let identity = FolderIdentity(device: status.st_dev, number: status.st_ino)
  guard visited.insert(identity).inserted else { return [] }
  guard let names = SystemPath.names(in: folder.path) else { return nil }
  let extensions = Set(imageFormats.flatMap(\.fileExtensions))
  var found: [URL] = []
  for name in names.sorted() where !name.hasPrefix(".") {
    let entry = folder.appending(path: name)
    guard let status = SystemPath.status(entry.path) else {
      // A link that leads nowhere.
      if extensions.contains(entry.pathExtension.lowercased()) { found.append(entry) }
      continue
    }
    if status.isFolder {
      found += files(in: entry, visited: &visited) ?? [entry]
    } else if status.isRegularFile {
      found.append(entry)
    }
  }
  return found
}
