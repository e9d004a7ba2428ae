import Foundation

/// Files sorted by what can be read from them.
struct FolderContents {
  /// Single images, by content or by extension: a damaged "a.jpg" is to be reported, not missed.
  private(set) var photographs: [URL] = []
  /// Data files that hold images.
  private(set) var arrays: [URL] = []
  /// Data files that hold labels or the like.
  private(set) var otherArrays: [URL] = []

  init(_ files: [URL]) {
    let extensions = Set(imageFormats.flatMap(\.fileExtensions))
    for file in files {
      guard let head = Self.head(of: file) else {
        // Not to be missed: reading it as a photograph says why it cannot be read.
        photographs.append(file)
        continue
      }
      if imageFormats.contains(where: { $0.recognises(head) })
        || extensions.contains(file.pathExtension.lowercased())
      {
        photographs.append(file)
      } else if let contents = imageArrayFormats.lazy.compactMap({ $0.contents(head) }).first {
        if contents == .images { arrays.append(file) } else { otherArrays.append(file) }
      }
    }
  }

  /// The first 16 bytes, unpacked where the file is gzipped, empty where that fails; nil where it
  /// cannot be read.
  private static func head(of file: URL) -> [UInt8]? {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: 16) ?? Data() else { return nil }
    guard data.starts(with: [0x1F, 0x8B]) else { return [UInt8](data) }
    do {
      var reader = try ByteReader(file)
      return try reader.read(16)
    } catch {
      return []
    }
  }
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
      // A link that leads nowhere.
      if extensions.contains(entry.pathExtension.lowercased()) { found.append(entry) }
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
