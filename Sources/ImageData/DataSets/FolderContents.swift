import Foundation

/// Files sorted by what can be read from them.
struct FolderContents {
  /// Single images, by content or by extension: a damaged "a.jpg" is to be reported, not missed.
  private(set) var photographs: [URL] = []
  /// Data files that hold images.
  private(set) var arrays: [URL] = []
  /// Data files that hold labels or the like.
  private(set) var otherArrays: [URL] = []

  init(_ files: [URL]) throws(ImageDataError) {
    let extensions = Set(imageFormats.flatMap(\.fileExtensions))
    for file in files {
      let head = try Self.head(of: file)
      if imageFormats.contains(where: { $0.recognises(head) })
        || extensions.contains(file.pathExtension.lowercased())
      {
        photographs.append(file)
      } else if let contents = imageArrayFormats.firstNonNil({ $0.contents(head) }) {
        if contents == .images { arrays.append(file) } else { otherArrays.append(file) }
      }
    }
  }

  /// The first 16 bytes, unpacked where the file is gzipped; empty where it cannot be unpacked.
  private static func head(of file: URL) throws(ImageDataError) -> [UInt8] {
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      bytes = [UInt8](try handle.read(upToCount: 16) ?? Data())
    } catch {
      throw ImageDataError(file: file, "cannot be read: \(error.localizedDescription)")
    }
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    do {
      var reader = try ByteReader(file)
      return try reader.read(16)
    } catch {
      return []
    }
  }
}

/// All files in `folder` and below, in the order of their paths. Hidden ones are passed over, links
/// to folders are followed, but into no folder twice.
func files(in folder: URL) throws(ImageDataError) -> [URL] {
  var visited: Set<String> = []
  return try files(in: folder, visited: &visited).sorted { $0.path < $1.path }
}

private func files(
  in folder: URL, visited: inout Set<String>
) throws(ImageDataError) -> [URL] {
  guard visited.insert(folder.resolvingSymlinksInPath().path).inserted else { return [] }
  let entries: [URL]
  do {
    entries = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
  } catch {
    throw ImageDataError(file: folder, "cannot be read: \(error.localizedDescription)")
  }
  var found: [URL] = []
  for entry in entries.sorted(by: { $0.path < $1.path }) {
    let target = entry.resolvingSymlinksInPath()
    var isFolder: ObjCBool = false
    // A link that leads nowhere does not exist.
    guard FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder) else {
      continue
    }
    if isFolder.boolValue {
      found += try files(in: entry, visited: &visited)
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

extension Sequence {
  /// The first value of `transform` that is not nil.
  func firstNonNil<Value>(_ transform: (Element) -> Value?) -> Value? {
    for element in self {
      if let value = transform(element) { return value }
    }
    return nil
  }
}
