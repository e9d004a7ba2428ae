import Compute
import Files
import Foundation

/// Reads rows of numbers, a few at a time, from any file that the package reads.
///
/// - A .npy file, or a stream of one: `[N, D]`, or `[N, height, width]`, each image a row.
/// - Other data files (IDX, npz, MATLAB): the same. What is packed in them is unpacked in memory.
/// - Images of the size of a patch: each is a row. Larger images, in pictures (every page of a TIFF
///   file), a folder of pictures or data files: cut into patches side by side, row after row from
///   the upper left corner; what is left at the right and lower edges is not used.
public final class ArrayRowReader {
  /// What images are to become rows of.
  public struct Cutting: Sendable {
    fileprivate let preprocessing: Preprocessing
    fileprivate let whitens: Bool

    /// - Parameter whitens: whether images larger than a patch go through Olshausen and Field's
    ///   filter where the preprocessing has it.
    public init(_ preprocessing: Preprocessing, whitens: Bool) {
      self.preprocessing = preprocessing
      self.whitens = whitens
    }

    /// Whether `[N, height, width]` are images to cut patches from rather than patches.
    fileprivate func areImages(_ shape: [Int], _ reading: ArrayReading) -> Bool {
      guard shape.count == 3, reading.meaning == .automatic else { return false }
      return (shape[1], shape[2]) != (preprocessing.patchHeight, preprocessing.patchWidth)
        && min(shape[1] / preprocessing.patchHeight, shape[2] / preprocessing.patchWidth) > 0
    }

    /// - Throws: where rows of this many numbers are patches that had to be whitened as images.
    fileprivate func requireImages(_ path: String, columns: Int) throws(ImageDataError) {
      if whitens && preprocessing.needsImages && columns == preprocessing.pixels {
        throw preprocessing.patchesInPlaceOfImages(URL(filePath: path == "-" ? "stdin" : path))
      }
    }

    /// Rows each of which is a whole image, whitened as such where the preprocessing does so.
    fileprivate func whitened(_ rows: Matrix) -> Matrix {
      guard whitens, preprocessing.kind == .whole, preprocessing.whitening == .olshausenField
      else { return rows }
      return Matrix(
        rows: rows.rows, columns: rows.columns,
        elements: (0..<rows.rows).flatMap { row in
          preprocessing.whitened(
            RasterImage(
              height: preprocessing.patchHeight, width: preprocessing.patchWidth,
              channels: preprocessing.channels, pixels: Array(rows.row(row)))
          ).pixels
        })
    }
  }

  /// Number of rows, N.
  public let rows: Int
  /// Numbers in a row.
  public let columns: Int
  /// The input in words: "[60000, 28, 28]".
  public let shapeText: String

  private var npy: NPYRowReader?
  private var images: ImageRows?
  private let cutting: Cutting?
  /// Whether rows are mapped back from 0…1 onto the grey levels that the training data had.
  private let takesLevels: Bool
  /// Whether rows come as `[height, width, 3]`.
  private let colourIsLast: Bool

  /// - Parameters:
  ///   - path: a file or folder, or "-" for a .npy stream on standard input.
  ///   - reading: how the arrays of data files are to be understood.
  ///   - cutting: how images become rows; nil where rows are not patches: pictures are
  ///     then refused.
  /// - Throws: where there is nothing that can be read, or patches cannot be treated as in training
  ///   because whole images were whitened there.
  public init(
    path: String, reading: ArrayReading = ArrayReading(), cutting: Cutting? = nil
  ) throws(ImageDataError) {
    self.cutting = cutting
    var reading = reading
    if let cutting { reading.colour = cutting.preprocessing.colourMode }
    let isRows = reading.imageAxis != .last && reading.meaning != .images
    if path == "-" || (isRows && Self.isNPY(path)) {
      let reader = try NPYRowReader(path: path)
      let isInColour = reading.colour == .rgb && reader.shape.count > 2
      if path == "-" || !isInColour && cutting?.areImages(reader.shape, reading) != true {
        colourIsLast = isInColour && reader.shape.last == 3
        (rows, columns, shapeText) = (reader.rows, reader.columns, "\(reader.shape)")
        takesLevels = cutting?.preprocessing.takesLevels(reader.areLevels) ?? false
        npy = consume reader
        try cutting?.requireImages(path, columns: columns)
        return
      }
    }
    let collection = try Self.images(path, reading, cutting)
    takesLevels = cutting?.preprocessing.takesLevels(collection.areLevels) ?? false
    let images = try ImageRows(collection, cutting, channels: reading.colour.channels)
    (rows, columns) = (images.rows, images.columns)
    colourIsLast = false
    shapeText = "[\(rows), \(columns)]"
    self.images = images
    if !images.areCut { try cutting?.requireImages(path, columns: columns) }
  }

  /// The next `count` rows, or those that are left; nil at the end.
  ///
  /// - Returns: `[rows, columns]`
  /// - Throws: where the data ends too early, or a number is not finite.
  public func next(_ count: Int) throws(ImageDataError) -> Matrix? {
    guard var rows = try images != nil ? images?.next(count) : npy?.next(count) else { return nil }
    if colourIsLast { rows = ColourTreatment.patches(ofPixels: rows) }
    if takesLevels { multiply(&rows, by: 255) }
    return cutting?.whitened(rows) ?? rows
  }

  private static func isNPY(_ path: String) -> Bool {
    guard let input = try? InputFile(path: path), let head = try? input.read(6) else {
      return false
    }
    return head == NPYHeader.magic
  }

  private static func images(
    _ path: String, _ reading: ArrayReading, _ cutting: Cutting?
  ) throws(ImageDataError) -> any ImageCollection {
    let file = URL(filePath: path)
    guard let status = SystemPath.status(file.path) else {
      throw ImageDataError(file: file, "no such file or folder", remedy: "or - for a pipe")
    }
    if !status.isFolder, let format = try? imageArrayFormat(of: file) {
      let array = try format.array(in: file, variable: reading.variable)
      var rowReading = reading
      // Two axes are rows of numbers, whatever patches look like.
      if array.header.shape.count == 2 && reading.meaning != .images {
        (rowReading.meaning, rowReading.patchHeight) = (.patches, 1)
      }
      return try StoredImages(array, rowReading)
    }
    guard let cutting else {
      throw ImageDataError(
        file: file, "holds no array of codes", remedy: "expected npy, npz or MATLAB, [N, latents]")
    }
    let source = try DataSource.open(path: path, reading: reading)
    if case .arrays(_, .some, _) = source {
      throw ImageDataError(
        file: file, "holds data for training and for the test", remedy: "name one of the files")
    }
    return try OpenedSource(
      source, as: cutting.preprocessing.form, largestImage: reading.largestImage
    ).images
  }
}

/// The rows that images make, one image in memory at a time.
private struct ImageRows {
  let rows: Int
  let columns: Int
  private let images: any ImageCollection
  private let cutting: ArrayRowReader.Cutting?
  /// Whether patches are cut from the images rather than being the images.
  var areCut: Bool { cutting != nil }
  /// The first row of each image, and the end.
  private var starts = [0]
  private var position = 0
  private var current: (index: Int, image: RasterImage)?

  init(
    _ images: any ImageCollection, _ cutting: ArrayRowReader.Cutting?, channels: Int
  ) throws(ImageDataError) {
    self.images = images
    let first = images.count > 0 ? try images.size(at: 0) : ImageSize(height: 0, width: 0)
    let pixels = cutting?.preprocessing.pixels
    // As they are, where all are of one size and it is a patch's, or nothing can be cut.
    let isWhole = cutting == nil || channels * first.area == pixels || first.height == 1
    self.cutting = isWhole ? nil : cutting
    columns = isWhole ? channels * first.area : pixels ?? 0
    for index in 0..<images.count {
      let size = try images.size(at: index)
      if isWhole {
        guard size.area == first.area else {
          throw ImageDataError(
            "\(images.name(at: index)): is of \(size) pixels",
            remedy: "expected \(first), like the others")
        }
        starts.append(index + 1)
      } else if let treatment = cutting?.preprocessing {
        let count = (size.height / treatment.patchHeight) * (size.width / treatment.patchWidth)
        starts.append(starts[index] + count)
      }
    }
    rows = starts[images.count]
    guard rows > 0 else {
      throw ImageDataError(
        images.count > 0 ? "\(images.name(at: 0)): is of \(first) pixels" : "there are no images",
        remedy: "patches are of \(pixels ?? 0) pixels")
    }
  }

  mutating func next(_ count: Int) throws(ImageDataError) -> Matrix? {
    let count = min(count, rows - position)
    guard count > 0 else { return nil }
    var matrix = Matrix(rows: count, columns: columns)
    var index = current?.index ?? 0
    for row in 0..<count {
      while starts[index + 1] <= position { index += 1 }
      let image = try image(index)
      fill(&matrix, row, from: image, tile: position - starts[index])
      position += 1
    }
    return matrix
  }

  private mutating func image(_ index: Int) throws(ImageDataError) -> RasterImage {
    if let current, current.index == index { return current.image }
    var image = try images.image(at: index)
    if let cutting, cutting.whitens { image = cutting.preprocessing.whitened(image) }
    current = (index, image)
    return image
  }

  private func fill(_ matrix: inout Matrix, _ row: Int, from image: RasterImage, tile: Int) {
    let start = row * columns
    guard let cutting else {
      matrix.elements.replaceSubrange(start..<start + columns, with: image.pixels)
      return
    }
    let (height, width) = (cutting.preprocessing.patchHeight, cutting.preprocessing.patchWidth)
    let across = image.width / width
    let (top, left) = (tile / across * height, tile % across * width)
    for row in 0..<image.channels * height {
      let (channel, y) = row.quotientAndRemainder(dividingBy: height)
      let source = (channel * image.height + top + y) * image.width + left
      let target = start + row * width
      matrix.elements.replaceSubrange(
        target..<target + width, with: image.pixels[source..<source + width])
    }
  }
}
