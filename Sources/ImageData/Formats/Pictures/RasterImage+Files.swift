import CPNG
import Foundation

extension RasterImage {
  /// The image in a file: a picture of any format, or an array `[height, width]`, in colour
  /// `[height, width, 3]` or `[3, height, width]`.
  ///
  /// - Throws: where it cannot be read, or holds no single image.
  public init(
    contentsOf file: URL, colour: ColourMode = .grey, luminance: Luminance = .gamma,
    variable: String? = nil, largestImage: Int? = nil
  ) throws(ImageDataError) {
    var reading = ArrayReading(.images, variable: variable)
    reading.colour = colour
    let source = try DataSource.open(path: file.path, reading: reading)
    let images = try OpenedSource(
      source, as: PixelForm(colour: colour, luminance: luminance), largestImage: largestImage
    ).images
    guard images.count == 1 else {
      throw ImageDataError(file: file, "holds \(images.count) images", remedy: "expected one")
    }
    self = try images.image(at: 0)
  }

  /// Writes a PNG of 8 bits, grey or in colour, from 0, black, to 1, white; or, where the name ends
  /// in .npy, the numbers, `[height, width]` or `[3, height, width]`.
  ///
  /// - Throws: where the ending is another, or the file cannot be written.
  public func write(to file: URL) throws(ImageDataError) {
    switch file.pathExtension.lowercased() {
    case "npy":
      let shape = (channels == 1 ? [] : [channels]) + [height, width]
      try NumPyArray(shape: shape, elements: pixels).write(to: file)
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
    let levels = (0..<pixels.count).map { place in
      // The library wants the values of a pixel side by side.
      let value = pixels[place % channels * size.area + place / channels]
      return UInt8(min(max(value, 0), 1) * 255 + 0.5)
    }
    var image = png_image()
    image.version = 1
    (image.width, image.height) = (UInt32(width), UInt32(height))
    // PNG_FORMAT_GRAY is 0, PNG_FORMAT_RGB the flag alone.
    image.format = channels == 3 ? PNG_FORMAT_FLAG_COLOR : 0
    // Deflate makes nothing much longer.
    var length = 2 * levels.count + 4096
    var data = Data(count: length)
    let status = data.withUnsafeMutableBytes { bytes in
      png_image_write_to_memory(&image, bytes.baseAddress, &length, 0, levels, 0, nil)
    }
    return status != 0 ? data.prefix(length) : nil
  }
}
