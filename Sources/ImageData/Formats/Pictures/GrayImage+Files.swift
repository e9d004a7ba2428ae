import CPNG
import Foundation

extension GrayImage {
  /// The image in a file: a picture of any format, or an array `[height, width]`.
  ///
  /// - Throws: where it cannot be read, or holds no single image.
  public init(
    contentsOf file: URL, luminance: Luminance = .gamma, variable: String? = nil,
    largestImage: Int? = nil
  ) throws(ImageDataError) {
    let source = try DataSource.open(
      path: file.path, reading: ArrayReading(.images, variable: variable))
    let images = try OpenedSource(
      source, luminance: luminance, largestImage: largestImage
    ).images
    guard images.count == 1 else {
      throw ImageDataError(file: file, "holds \(images.count) images", remedy: "expected one")
    }
    self = try images.image(at: 0)
  }

  /// Writes a grey PNG of 8 bits, from 0, black, to 1, white; or, where the name ends in .npy, the
  /// numbers.
  ///
  /// - Throws: where the ending is another, or the file cannot be written.
  public func write(to file: URL) throws(ImageDataError) {
    switch file.pathExtension.lowercased() {
    case "npy":
      try NumPyArray(shape: [height, width], elements: pixels).write(to: file)
    case "png":
      guard let data = pngData else {
        throw ImageDataError(file: file, "libpng could not encode \(size) pixels")
      }
      try OutputFile.write(data, to: file)
    case let other:
      throw ImageDataError(
        file: file, "no image is written as .\(other)", remedy: "known are .png and .npy")
    }
  }

  private var pngData: Data? {
    let levels = pixels.map { UInt8(min(max($0, 0), 1) * 255 + 0.5) }
    var image = png_image()
    image.version = 1
    (image.width, image.height) = (UInt32(width), UInt32(height))
    // PNG_FORMAT_GRAY
    image.format = 0
    // Deflate makes nothing much longer.
    var size = 2 * levels.count + 4096
    var data = Data(count: size)
    let status = data.withUnsafeMutableBytes { bytes in
      png_image_write_to_memory(&image, bytes.baseAddress, &size, 0, levels, 0, nil)
    }
    return status != 0 ? data.prefix(size) : nil
  }
}
