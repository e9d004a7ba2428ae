import Foundation

/// What files and folders are called until they are complete: ".NAME.0123ABCD".
package enum TemporaryName {
  /// A name that nothing else has, beside `target`, in as many bytes as a file system allows.
  package static func beside(_ target: URL) -> URL {
    var name = target.lastPathComponent
    while name.utf8.count > 240 { name.removeLast() }
    return target.deletingLastPathComponent()
      .appending(path: ".\(name).\(UUID().uuidString.prefix(8))")
  }

  /// Whether a file's name is such a one; of `name` where that is given.
  package static func matches(_ file: String, of name: String? = nil) -> Bool {
    guard let match = file.wholeMatch(of: /\.(.+)\.[0-9A-F]{8}/) else { return false }
    return name == nil || match.1 == name ?? ""
  }

  /// Removes what killed writers left in a folder and below: files of such a name that nobody is
  /// writing.
  package static func sweep(_ folder: URL) {
    for path in FileManager.default.subpaths(atPath: folder.path) ?? [] {
      let file = folder.appending(path: path)
      guard matches(file.lastPathComponent), isRegular(file), FileLock.taken(on: file) != nil
      else { continue }
      unlink(file.path)
    }
  }

  private static func isRegular(_ file: URL) -> Bool {
    var status = stat()
    return lstat(file.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
