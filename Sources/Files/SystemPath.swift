import Foundation

/// Names of files as text, though the system's are bytes that need not be UTF-8.
///
/// A name in UTF-8 stands for itself. In any other, each byte b that belongs to no character is
/// written as the character U+10EE00 + b, which Unicode assigns to nobody: so names go through
/// `String` and `URL`, and come back here where a file is opened.
package enum SystemPath {
  private static let base: UInt32 = 0x10EE00

  /// The text for the bytes of a name or path.
  package static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var (text, rest) = ("", bytes[...])
    while let first = rest.first {
      let length = (1...4).first { length in
        length <= rest.count && String(validating: rest.prefix(length), as: UTF8.self) != nil
      }
      if let length {
        text += String(decoding: rest.prefix(length), as: UTF8.self)
      } else if let stray = Unicode.Scalar(base + UInt32(first)) {
        text.unicodeScalars.append(stray)
      }
      rest = rest.dropFirst(length ?? 1)
    }
    return text
  }

  /// The bytes that the system is to be asked for, without a zero behind them.
  package static func bytes(_ path: String) -> [UInt8] {
    path.unicodeScalars.flatMap { scalar in
      strayByte(scalar).map { [$0] } ?? Array(String(scalar).utf8)
    }
  }

  /// The text as people read it: "caf\xE9.png".
  package static func shown(_ text: String) -> String {
    if isText(text) { return text }
    return text.unicodeScalars.map { scalar in
      strayByte(scalar).map { "\\x" + String($0, radix: 16, uppercase: true) } ?? String(scalar)
    }.joined()
  }

  /// Calls `body` with the path as the system takes it.
  package static func with<Value>(
    _ path: String, _ body: (UnsafePointer<CChar>) throws -> Value
  ) rethrows -> Value {
    try (bytes(path).map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      // Never nil: there is at least the zero.
      try buffer.baseAddress.map(body) ?? path.withCString(body)
    }
  }

  /// The arguments of this process, its own name left out.
  package static func arguments() -> [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map { text(bytes(of: $0)) }
    }
  }

  /// The folder in which this process works; empty where it is no longer there.
  package static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return text(bytes(of: path))
  }

  /// Whether the system's bytes for a path are UTF-8, so that all of Foundation can handle it.
  package static func isText(_ path: String) -> Bool {
    !path.unicodeScalars.contains { strayByte($0) != nil }
  }

  /// What lies at `path`, behind links; nil where there is nothing.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return with(path) { stat($0, &status) } == 0 ? status : nil
  }

  /// The names in a folder, in no order, without "." and ".."; nil, with the reason in `errno`, where
  /// it cannot be read.
  package static func names(in folder: String) -> [String]? {
    guard let handle = with(folder, { opendir($0) }) else { return nil }
    defer { closedir(handle) }
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
    var names: [String] = []
    errno = 0
    while let entry = readdir(handle) {
      let name = UnsafeRawPointer(entry) + offset
      names.append(text(bytes(of: name.assumingMemoryBound(to: CChar.self))))
    }
    return errno == 0 ? names.filter { $0 != "." && $0 != ".." } : nil
  }

  private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    (0..<strlen(text)).map { UInt8(bitPattern: text[$0]) }
  }

  private static func strayByte(_ scalar: Unicode.Scalar) -> UInt8? {
    (base + 0x80...base + 0xFF).contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }
}

extension stat {
  /// Whether this is a folder.
  package var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  /// Neither a folder, nor a pipe or device, from which reading might never end.
  package var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}

extension URL {
  /// The path as people read it.
  package var shownPath: String { SystemPath.shown(path) }
  /// The last part of the path as people read it.
  package var shownName: String { SystemPath.shown(lastPathComponent) }
}
