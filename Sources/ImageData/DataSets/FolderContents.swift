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
        if contents == .images { arrays.append(file) } else { otherArrays.append(file) }
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

  /// The pictures in formats that are not read; nil where there are none.
  static func passedOver(_ others: [(file: URL, kind: FileKind)]) -> String? {
    let pictures = others.compactMap { other in
      other.kind.picture.map { (name: other.file.lastPathComponent, kind: $0) }
    }
    guard !pictures.isEmpty else { return nil }
    let (named, count) = (pictures.prefix(20).map(\.name), pictures.count)
    return "\(count) picture\(count == 1 ? " was" : "s were") passed over, of formats that are not "
      + "read (\(counts(pictures.map(\.kind)))): \(named.joined(separator: ", "))"
      + (count > named.count ? " and \(count - named.count) more" : "")
      + "; convert them to PNG, TIFF or JPEG."
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
  var visited: Set<String> = []
  do {
    return try files(in: folder, visited: &visited).sorted { $0.path < $1.path }
  } catch {
    throw ImageDataError(file: folder, "cannot be read: \(error.localizedDescription)")
  }
}

private func files(in folder: URL, visited: inout Set<String>) throws -> [URL] {
  guard visited.insert(folder.resolvingSymlinksInPath().path).inserted else { return [] }
  // By path, which follows a link to a folder; by URL, the link would have no entries.
  let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
  let extensions = Set(imageFormats.flatMap(\.fileExtensions))
  var found: [URL] = []
  for name in names.sorted() where !name.hasPrefix(".") {
    let entry = folder.appending(path: name)
    let target = entry.resolvingSymlinksInPath()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder) else {
      // A link that leads nowhere, or a name that is not UTF-8, which comes with marks instead.
      let fileExtension = entry.pathExtension.lowercased()
      let isFolder = fileExtension.isEmpty && name.contains("\u{FFFD}")
      if isFolder || extensions.contains(fileExtension) { found.append(entry) }
      continue
    }
    if isFolder.boolValue {
      found += (try? files(in: entry, visited: &visited)) ?? [entry]
    } else if isRegularFile(target) {
      found.append(entry)
    }
  }
  return found
}

/// Neither a pipe nor a device, from which reading might never end.
private func isRegularFile(_ url: URL) -> Bool {
  let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
  return attributes?[.type] as? FileAttributeType == .typeRegular
}
