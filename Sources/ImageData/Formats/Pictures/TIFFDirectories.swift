import Foundation

/// The directories of a TIFF, each of which describes a page, found without libtiff: to go to a page
/// it would read all directories before it.
struct TIFFDirectories {
  /// The images of all directories but those of thumbnails and masks. After a directory that does
  /// not lie in the file, or that leads back to an earlier one, comes a page that cannot be opened.
  private(set) var pages: [ImagePage] = []

  /// Images of the same scene that come one after the other, such as those of several dyes; 1 where
  /// every image is of its own.
  private(set) var channels = 1

  /// Whether there are none at all.
  private(set) var isEmpty = true

  private let bytes: Data
  private let isBigEndian: Bool
  /// Whether offsets have eight bytes (BigTIFF).
  private let isBig: Bool

  init(_ bytes: Data) {
    self.bytes = bytes
    isBigEndian = bytes.starts(with: "MM".utf8)
    isBig = bytes.dropFirst(2).prefix(2).contains(43)
    var directories: [Directory] = []
    var seen: Set<Int> = []
    var next = isBig ? number(8, 8) : number(4, 4)
    while let offset = next, offset > 0 {
      guard seen.insert(offset).inserted, let directory = directory(offset) else {
        directories.append(Directory(offset: ImagePage.nowhere))
        break
      }
      directories.append(directory)
      next = directory.next
    }
    isEmpty = directories.isEmpty
    channels = directories.first.map(channelCount) ?? 1
    if channels > 1 { return }
    for directory in directories where !directory.isThumbnail {
      let stack = directories.count == 1 ? stackCount(directory) : nil
      for image in 0..<(stack ?? 1) {
        pages.append(
          ImagePage(
            number: pages.count, directory: directory.offset, image: stack == nil ? nil : image))
      }
    }
  }

  private struct Directory {
    var offset: Int
    /// The offset of the next; 0 where this is the last, nil where it is not in the file.
    var next: Int? = 0
    /// The entries of those tags that are of interest: type, count, and where the value lies.
    var entries: [Int: (type: Int, count: Int, value: Int)] = [:]
    /// A smaller version of another page, or a mask.
    var isThumbnail = false
  }

  /// NewSubfileType, SubfileType, width, height, compression, description, first strip's offset,
  /// samples of a pixel; bits of a sample.
  private static let tags: Set<Int> = [254, 255, 256, 257, 258, 259, 270, 273, 277]

  private func directory(_ offset: Int) -> Directory? {
    let (head, entry, field) = isBig ? (8, 20, 8) : (2, 12, 4)
    guard let count = number(offset, head), count <= bytes.count / entry,
      let next = number(offset + head + count * entry, field)
    else { return nil }
    var directory = Directory(offset: offset, next: next)
    for index in 0..<count {
      let start = offset + head + index * entry
      guard let tag = number(start, 2), Self.tags.contains(tag), let type = number(start + 2, 2),
        let length = number(start + 4, field)
      else { continue }
      directory.entries[tag] = (type, length, start + 4 + field)
    }
    let kind = value(254, directory) ?? 0
    directory.isThumbnail = kind & 5 != 0 || value(255, directory) == 2
    return directory
  }

  /// The first number of a tag, of 16 or 32 bits.
  private func value(_ tag: Int, _ directory: Directory) -> Int? {
    guard let entry = directory.entries[tag], let size = [3: 2, 4: 4][entry.type] else {
      return nil
    }
    let isInside = entry.count <= (isBig ? 8 : 4) / size
    return number(isInside ? entry.value : number(entry.value, isBig ? 8 : 4) ?? -1, size)
  }

  /// The number of images that lie one behind the other in the only directory, as ImageJ writes
  /// stacks of more than 4 GB, and tifffile truncated series; nil where it describes one.
  private func stackCount(_ directory: Directory) -> Int? {
    guard let text = description(directory), let height = value(257, directory),
      let width = value(256, directory)
    else { return nil }
    let samples = value(277, directory) ?? 1
    let (pixels, overflow) = (height * width).multipliedReportingOverflow(by: samples)
    guard pixels > 0, !overflow else { return nil }
    var count = 1
    if text.hasPrefix("ImageJ=") {
      count = Self.field("images=", of: text) ?? 1
    } else if let shape = Self.json(text)?["shape"] as? [Int] {
      let product = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      count = product > 0 && product % pixels == 0 ? product / pixels : 1
    }
    // One more than the file can hold: whoever asks for it is told so.
    let bits = value(258, directory) ?? 1
    return count > 1 ? min(count, bytes.count / max(1, pixels / 8 * bits) + 1) : nil
  }

  /// What ImageJ, OME-TIFF or tifffile say of channels that are images of grey.
  private func channelCount(_ directory: Directory) -> Int {
    guard let text = description(directory) else { return 1 }
    if text.hasPrefix("ImageJ=") { return Self.field("channels=", of: text) ?? 1 }
    let samples = value(277, directory) ?? 1
    if let size = text.firstMatch(of: /<(?:\w+:)?Pixels\s[^>]*\bSizeC="(\d+)"/) {
      return (Int(size.1) ?? 1) > samples ? Int(size.1) ?? 1 : 1
    }
    guard samples == 1, let json = Self.json(text), let shape = json["shape"] as? [Int],
      let axes = json["axes"] as? String, axes.count == shape.count
    else { return 1 }
    return zip(axes, shape).first { $0.0 == "C" }?.1 ?? 1
  }

  /// The number behind `key` at the start of a line.
  private static func field(_ key: String, of text: String) -> Int? {
    text.split(whereSeparator: \.isNewline).lazy
      .compactMap { $0.hasPrefix(key) ? Int($0.dropFirst(key.count)) : nil }.first
  }

  private static func json(_ text: String) -> [String: Any]? {
    guard text.hasPrefix("{") else { return nil }
    return try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
  }

  /// The text of tag 270.
  private func description(_ directory: Directory) -> String? {
    guard let entry = directory.entries[270], entry.type == 2, entry.count > (isBig ? 8 : 4),
      let start = number(entry.value, isBig ? 8 : 4), start < bytes.count
    else { return nil }
    let text = bytes.dropFirst(start).prefix(min(entry.count, 1 << 20)).prefix { $0 != 0 }
    return String(decoding: text, as: UTF8.self)
  }

  /// The number of `size` bytes at `position`; nil where it does not lie in the file.
  private func number(_ position: Int, _ size: Int) -> Int? {
    guard position >= 0, position <= bytes.count - size else { return nil }
    let field = bytes[bytes.startIndex + position..<bytes.startIndex + position + size]
    let value =
      isBigEndian
      ? field.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      : field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value)
  }
}
