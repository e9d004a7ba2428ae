import Foundation

/// A file format that holds many images of one size in one array.
protocol ImageArrayFormat: Sendable {
  /// The format's name in messages.
  var name: String { get }
  /// Whether a gzipped file is unpacked on the way.
  var readsGzipped: Bool { get }
  /// What a file holds that starts with `head` (up to 512 bytes, unpacked if gzipped); nil where
  /// the file is of another format.
  func contents(_ head: [UInt8]) -> ImageArrayContents?
  /// What the file says about its array, read without the numbers where that is possible.
  ///
  /// - Parameter variable: the array's name, where the format has names; nil takes the only one
  ///   that could be images.
  func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader
  /// The array. Everything that can be wrong with the file is reported here, except for numbers
  /// that are not finite.
  func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray
}

extension ImageArrayFormat {
  /// True: most formats are read from their start to their end.
  var readsGzipped: Bool { true }

  /// The images in a file.
  ///
  /// - Throws: where the file is damaged, or its axes do not fit.
  func open(
    _ file: URL, reading: ArrayReading = ArrayReading()
  ) throws(ImageDataError) -> any ImageCollection {
    try StoredImages(array(in: file, variable: reading.variable), reading)
  }

  /// Whether patches are cut from the images in a file or are the images.
  func kind(of file: URL, reading: ArrayReading) throws(ImageDataError) -> PatchKind {
    try ArrayLayout(header(of: file, variable: reading.variable), reading).kind
  }
}

/// Whether a file of a data format holds images, or something that goes with them.
enum ImageArrayContents {
  case images
  /// Labels, for instance.
  case other
}

/// The formats that data files may have. A new one is a file beside this one and an entry here.
let imageArrayFormats: [any ImageArrayFormat] = [IDX(), NPY(), NPZ(), MATLAB()]

/// The format of a data file, by its first bytes.
func imageArrayFormat(of file: URL) throws(ImageDataError) -> any ImageArrayFormat {
  var reader = try ByteReader(file)
  let head = try reader.read(512)
  guard let format = imageArrayFormats.first(where: { $0.contents(head) != nil }) else {
    throw FileKind(of: file)?.error(file)
      ?? ImageDataError(
        file: file, "starts like no data file that can be read",
        remedy: "expected \(alternatives(imageArrayFormats.map(\.name)))")
  }
  if !format.readsGzipped, FileHead(file)?.isGzipped == true {
    throw .unsupported(
      "a gzipped file of \(format.name)", in: file, remedy: "unpack it by gunzip")
  }
  return format
}
