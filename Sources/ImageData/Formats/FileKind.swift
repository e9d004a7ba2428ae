import Files
import Foundation

/// What a file is that cannot be read, as far as its first bytes and its ending say.
struct FileKind: Hashable {
  /// With its article: "a GIF picture".
  var name: String
  /// What makes of it something that can be read.
  var remedy: String
  /// For lists of pictures: "GIF"; nil where it is not a picture.
  var picture: String?
  /// Whether it may hold images or patches, though it is not a picture: archives, tables, arrays.
  var isData = false

  private init(_ name: String, _ remedy: String, isData: Bool = false) {
    (self.name, self.remedy, self.isData) = (name, remedy, isData)
  }

  /// A zip archive that holds no arrays.
  static let zip = FileKind(
    "a zip archive", "unpack it, and name the folder or file", isData: true)

  private init(picture: String) {
    let article = "AIO".contains(picture.prefix(1)) ? "an" : "a"
    name = "\(article) \(picture) picture"
    remedy = Self.conversion
    self.picture = picture
  }

  private static let conversion = "convert it to PNG, TIFF or JPEG"

  /// What would have been right.
  static var expected: String {
    "expected \(imageFormatNames), or \(alternatives(imageArrayFormats.map(\.name)))"
  }

  /// - Parameter head: up to 512 bytes from the file's start, unpacked where it is gzipped.
  init?(_ head: [UInt8], _ file: URL) {
    let fileExtension = file.pathExtension.lowercased()
    if Self.isRawFile(fileExtension) || head.dropFirst(8).starts(with: "CR\u{2}".utf8) {
      self.init(picture: "camera's raw")
    } else if let name = Self.pictureName(head) {
      self.init(picture: name)
    } else if var kind = Self.container(head, file) {
      kind.isData = true
      self = kind
    } else if let kind = Self.text(head, file) {
      self = kind
    } else if let name = Self.pictureExtensions[fileExtension] {
      self.init(picture: name)
    } else {
      return nil
    }
  }

  /// The same, from the file itself.
  init?(of file: URL) {
    guard let head = FileHead(file) else { return nil }
    if head.isGzipped, let format = imageFormats.first(where: { $0.recognises(head.bytes) }) {
      self.init("a gzipped \(format.name)", "unpack it by gunzip")
      return
    }
    self.init(head.bytes, file)
    if head.isGzipped {
      self.init("\(name), gzipped", name.hasSuffix("gzip file") ? "unpack it by gunzip" : remedy)
    }
  }

  /// "not supported: a GIF picture; convert it to PNG, TIFF or JPEG".
  func error(_ file: URL?) -> ImageDataError { .unsupported(name, in: file, remedy: remedy) }

  /// Whether files of such a name are a camera's, though they start like TIFF.
  static func isRawFile(_ fileExtension: String) -> Bool {
    ["arw", "cr2", "cr3", "dng", "nef", "nrw", "orf", "pef", "raf", "rw2", "srw", "3fr", "iiq"]
      .contains(fileExtension)
  }

  private static let pictureExtensions = [
    "avif": "AVIF", "bmp": "BMP", "exr": "OpenEXR", "gif": "GIF", "heic": "HEIC", "heif": "HEIC",
    "ico": "ICO", "j2k": "JPEG 2000", "jp2": "JPEG 2000", "jxl": "JPEG XL", "jxr": "JPEG XR",
    "pbm": "PNM", "pgm": "PNM", "pnm": "PNM", "ppm": "PNM", "psd": "Photoshop", "svg": "SVG",
    "tga": "TGA", "hdr": "Radiance", "dcm": "DICOM", "fits": "FITS",
  ]

  private static func pictureName(_ head: [UInt8]) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      head.dropFirst(offset).starts(with: text.utf8)
    }
    if has("ftyp", at: 4) {
      switch String(decoding: head.dropFirst(8).prefix(4), as: UTF8.self) {
      case "avif", "avis": return "AVIF"
      case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "HEIC"
      case "crx ": return "camera's raw"
      default: return nil
      }
    }
    // A bitmap says in its header how long the header is.
    if has("BM"), head.count > 17, [12, 40, 52, 56, 64, 108, 124].contains(head[14]) {
      return "BMP"
    }
    if has("P"), head.count > 2, (0x31...0x37).contains(head[1]), head[2] <= 0x20 { return "PNM" }
    let starts: [([UInt8], String)] = [
      (Array("GIF8".utf8), "GIF"), (Array("8BPS".utf8), "Photoshop"),
      (Array("#?RADIANCE".utf8), "Radiance"), (Array("SIMPLE  =".utf8), "FITS"),
      ([0xFF, 0x4F, 0xFF, 0x51], "JPEG 2000"), ([0, 0, 0, 12, 0x6A, 0x50], "JPEG 2000"),
      ([0xFF, 0x0A], "JPEG XL"), ([0, 0, 0, 12, 0x4A, 0x58], "JPEG XL"),
      ([0x76, 0x2F, 0x31, 0x01], "OpenEXR"), ([0x49, 0x49, 0xBC], "JPEG XR"),
    ]
    return starts.first { head.starts(with: $0.0) }?.1 ?? (has("DICM", at: 128) ? "DICOM" : nil)
  }

  /// Archives, data of other programs, films.
  private static func container(_ head: [UInt8], _ file: URL) -> FileKind? {
    let (unpack, name) = ("unpack it, and name the folder or file", file.shownName)
    let starts: [([UInt8], String, String)] = [
      ([0x1F, 0x8B], "a gzip file", unpack), (Array("BZh".utf8), "a bzip2 file", unpack),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz file", unpack),
      ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard file", unpack),
      ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", unpack),
      (Array("Rar!".utf8), "a rar archive", unpack),
      (Array("PAR1".utf8), "a Parquet table", "in Python: numpy.save('x.npy', table.to_numpy())"),
      (Array("SQLite format 3".utf8), "a database", expected),
      (Array("%PDF".utf8), "a PDF document", "save its pictures as PNG, TIFF or JPEG"),
      ([0x1A, 0x45, 0xDF, 0xA3], "a film", "save its pictures as PNG"),
    ]
    for (start, name, remedy) in starts where head.starts(with: start) {
      return FileKind(name, remedy)
    }
    if head.count > 1, head[0] == 0x80, (2...5).contains(head[1]) {
      return FileKind(
        "a Python pickle, or what an old torch.save wrote",
        "load it in Python, then numpy.save('x.npy', numpy.asarray(array))")
    }
    if head.dropFirst(257).starts(with: "ustar".utf8) {
      return FileKind("a tar archive", unpack)
    }
    let isFilm =
      head.dropFirst(4).starts(with: "ftyp".utf8)
      || (head.starts(with: "RIFF".utf8) && head.dropFirst(8).starts(with: "AVI".utf8))
    if isFilm { return FileKind("a film", "save its pictures as PNG") }
    if isSafetensors(head) {
      return FileKind(
        "a safetensors file",
        "in Python: numpy.save('x.npy', safetensors.numpy.load_file('\(name)')[NAME])")
    }
    if isMATLAB4(head) {
      return FileKind(
        "a MATLAB file of version 4",
        "in MATLAB, save it with -v7; in Python: scipy.io.savemat('x.mat', scipy.io.loadmat('\(name)'))"
      )
    }
    return nil
  }

  /// A length of eight bytes, then JSON.
  private static func isSafetensors(_ head: [UInt8]) -> Bool {
    head.count > 9 && head[6] == 0 && head[7] == 0 && head[8] == 0x7B && head[9] == 0x22
  }

  /// Five words: type (machine, 0, precision, kind), rows, columns, 0 or 1, length of the name; then
  /// the name.
  private static func isMATLAB4(_ head: [UInt8]) -> Bool {
    func words(_ isBigEndian: Bool) -> [Int] {
      (0..<5).map { index in
        let bytes = head[4 * index..<4 * index + 4]
        return (isBigEndian ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
      }
    }
    guard head.count > 21 else { return false }
    return [(false, 0), (true, 1000)].contains { isBigEndian, machine in
      let word = words(isBigEndian)
      let (type, length) = (word[0] - machine, word[4])
      guard (0...52).contains(type), type % 10 <= 2, word[1] > 0, word[2] > 0, word[3] <= 1,
        (2...64).contains(length), 20 + length <= head.count
      else { return false }
      let name = head[20..<20 + length - 1]
      return head[20 + length - 1] == 0
        && name.allSatisfy { $0 == 0x5F || (0x30...0x7A).contains($0) }
    }
  }

  private static func text(_ head: [UInt8], _ file: URL) -> FileKind? {
    guard !head.isEmpty, !head.contains(where: { $0 < 9 || (14..<32).contains($0) }) else {
      return nil
    }
    let text = String(decoding: head, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"]))
    let lower = text.lowercased()
    if lower.hasPrefix("<!doctype html") || lower.hasPrefix("<html") || lower.contains("<head>") {
      return FileKind(
        "a web page, as servers send in place of a file that they do not have",
        "look at it in a browser, and download the file itself")
    }
    if lower.contains("<svg") { return FileKind(picture: "SVG") }
    if lower.hasPrefix("<") { return FileKind("XML", expected) }
    if lower.hasPrefix("version https://git-lfs") {
      return FileKind("Git LFS's note of a file that is not here", "run git lfs pull")
    }
    if lower.hasPrefix("{") || lower.hasPrefix("[") {
      let name = file.shownName
      return FileKind("JSON", "in Python: numpy.save('x.npy', json.load(open('\(name)')))")
    }
    return table(text, file) ?? FileKind("text", expected)
  }

  /// Numbers in lines, perhaps below a line of names.
  private static func table(_ text: String, _ file: URL) -> FileKind? {
    let lines = text.split(whereSeparator: \.isNewline)
    func isTable(_ line: Substring, _ separator: Character) -> Bool {
      let fields = line.split(separator: separator, omittingEmptySubsequences: false)
      return fields.count > 1
        && fields.dropLast().allSatisfy { Double($0.trimmingCharacters(in: .whitespaces)) != nil }
    }
    for separator in [",", ";", "\t", " "] as [Character] {
      for skipped in 0..<min(2, lines.count) where isTable(lines[skipped], separator) {
        let options =
          (separator == " " ? "" : ", delimiter='\(separator == "\t" ? "\\t" : String(separator))'")
          + (skipped > 0 ? ", skiprows=1" : "")
        return FileKind(
          "a table of text (CSV)",
          "in Python: numpy.save('x.npy', numpy.loadtxt('\(file.shownName)'\(options)))",
          isData: true)
      }
    }
    return nil
  }
}

/// The first 512 bytes of a file, unpacked where it is gzipped.
struct FileHead {
  /// Empty where what is gzipped is damaged.
  private(set) var bytes: [UInt8]
  private(set) var isGzipped: Bool

  /// nil where the file cannot be read.
  init?(_ file: URL) {
    guard let input = try? InputFile(path: file.path), let start = try? input.read(512) else {
      return nil
    }
    (bytes, isGzipped) = (start, start.starts(with: [0x1F, 0x8B]))
    if isGzipped {
      guard var reader = try? ByteReader(file), let unpacked = try? reader.read(512) else {
        bytes = []
        return
      }
      bytes = unpacked
    }
  }
}
