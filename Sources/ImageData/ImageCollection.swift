import Files
import Foundation

/// Images that are read one at a time, so that a folder need not fit into memory.
///
/// Both requirements are called from many threads at once.
public protocol ImageCollection: Sendable {
  /// Number of images.
  var count: Int { get }
  /// The size of image `index`, without decoding it.
  func size(at index: Int) throws(ImageDataError) -> ImageSize
  /// The image `index`, read or made now.
  func image(at index: Int) throws(ImageDataError) -> RasterImage
  /// The name of image `index` in messages.
  func name(at index: Int) -> String
  /// Whether pixels are grey levels of 8 or 16 bits that were mapped onto 0…1.
  var areLevels: Bool { get }
}

extension ImageCollection {
  /// Images that are made have no levels.
  public var areLevels: Bool { false }
}

/// Images in memory.
public struct ImageList: ImageCollection {
  /// The images, all in memory.
  public var images: [RasterImage]

  /// A collection of these images.
  public init(_ images: [RasterImage]) { self.images = images }

  /// Number of images.
  public var count: Int { images.count }
  /// Height and width of image `index`, in pixels.
  public func size(at index: Int) -> ImageSize { images[index].size }
  /// Image `index`.
  public func image(at index: Int) -> RasterImage { images[index] }
  /// "image 3"
  public func name(at index: Int) -> String { "image \(index)" }
}

/// Files of photographs, in the order given; each is decoded when it is asked for. Every page of a
/// file that has several (TIFF) is an image.
public struct Photographs: ImageCollection {
  /// The files, each with one image or, for TIFF, one a page.
  public let files: [URL]
  private let form: PixelForm
  private let images: [ImageFile]
  /// Those of the files that were decoded.
  let checksums = FileChecksums()

  /// The images in these files, in their order.
  ///
  /// - Parameters:
  ///   - colour: whether colours stay.
  ///   - luminance: how colours become grey, and stored values light.
  ///   - largestImage: megapixels of the largest that is read; nil is 200, but less where a small
  ///     file would unpack to very much.
  public init(
    _ files: [URL], colour: ColourMode = .grey, luminance: Luminance = .gamma,
    largestImage: Int? = nil
  ) {
    self.files = files
    form = PixelForm(colour: colour, luminance: luminance)
    images = files.flatMap { file in
      ImageFile(file).pages.map { ImageFile(file, page: $0, largest: largestImage) }
    }
  }

  /// Number of images: pages of all files.
  public var count: Int { images.count }
  /// Pictures hold levels.
  public var areLevels: Bool { true }

  /// Height and width that the file declares, in pixels, as the image is seen.
  public func size(at index: Int) throws(ImageDataError) -> ImageSize {
    try images[index].size()
  }

  /// Image `index`, decoded now.
  public func image(at index: Int) throws(ImageDataError) -> RasterImage {
    try images[index].image(form, noting: checksums)
  }

  /// The file's path and, where it has several pages, the page, from 1.
  public func name(at index: Int) -> String {
    let image = images[index]
    let hasPages =
      image.page.number > 0 || (index + 1 < images.count && images[index + 1].url == image.url)
    return image.url.shownPath + (hasPages ? ", page \(image.page.number + 1)" : "")
  }
}

/// The images of `first`, followed by those of `second`.
struct JoinedImages: ImageCollection {
  let first: any ImageCollection
  let second: any ImageCollection

  var count: Int { first.count + second.count }
  var areLevels: Bool { first.areLevels }

  func size(at index: Int) throws(ImageDataError) -> ImageSize {
    let (images, position) = find(index)
    return try images.size(at: position)
  }

  func image(at index: Int) throws(ImageDataError) -> RasterImage {
    let (images, position) = find(index)
    return try images.image(at: position)
  }

  func name(at index: Int) -> String {
    let (images, position) = find(index)
    return images.name(at: position)
  }

  private func find(_ index: Int) -> (any ImageCollection, Int) {
    index < first.count ? (first, index) : (second, index - first.count)
  }
}
