import CTIFF
import Foundation

/// TIFF of one or many pages, by libtiff; every page is an image, but for thumbnails.
///
/// Grey and RGB of 8, 16 and 32 bits (integers on 0…1, as sRGB), and floating point of 16, 32 and
/// 64 bits, whose numbers are taken as stored; palettes, bilevel and JPEG-coded colours by the
/// library's conversion to 8 bits. Transparency is passed over.
struct TIFF: ImageFormat {
  let name = "TIFF"
  let fileExtensions = ["tif", "tiff"]

  func recognises(_ head: [UInt8]) -> Bool {
    // Little- and big-endian; 42, and 43 of BigTIFF.
    [[0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43]]
      .contains { head.starts(with: $0 as [UInt8]) }
  }

  func pages(_ bytes: Data) -> [ImagePage] { TIFFDirectories(bytes).pages }

  func orientation(_ bytes: Data, page: ImagePage) -> Orientation {
    guard let image = try? TIFFHandle(bytes, page: page) else { return .upright }
    return Orientation(rawValue: image.short(TIFFTAG_ORIENTATION, 1)) ?? .upright
  }

  func size(
    _ bytes: Data, page: ImagePage
  ) throws(ImageDataError) -> ImageSize {
    try TIFFHandle(bytes, page: page).size()
  }

  func decode(
    _ bytes: Data, page: ImagePage, as form: PixelForm
  ) throws(ImageDataError) -> RasterImage {
    let image = try TIFFHandle(bytes, page: page)
    let size = try image.size()
    return try TIFFSamples(image).image(image, size, form)
  }
}

/// How the samples of a page are stored.
private struct TIFFSamples {
  let bits: Int
  /// Samples of a pixel, those of transparency included.
  let channels: Int
  let isFloat: Bool
  let isColour: Bool
  /// 0 is white.
  let isInverted: Bool
  /// Each channel has its own planes.
  let isPlanar: Bool
  /// How the samples are to be taken; nil where the library converts them to 8 bits.
  let kind: NumberType.Kind?

  /// - Throws: where it is not said how the samples become grey.
  init(_ image: borrowing TIFFHandle) throws(ImageDataError) {
    bits = image.short(TIFFTAG_BITSPERSAMPLE, 1)
    channels = image.short(TIFFTAG_SAMPLESPERPIXEL, 1)
    let format = image.short(TIFFTAG_SAMPLEFORMAT, Int(SAMPLEFORMAT_UINT))
    let photometric = Int32(image.short(TIFFTAG_PHOTOMETRIC, Int(PHOTOMETRIC_MINISBLACK)))
    guard format != SAMPLEFORMAT_INT else {
      throw .unsupported(
        "a TIFF of signed numbers (\(bits) bits): which of them is black is not said",
        remedy: "convert it to unsigned or float32")
    }
    guard format < SAMPLEFORMAT_COMPLEXINT, image.long(TIFFTAG_IMAGEDEPTH) <= 1 else {
      throw .unsupported(
        "a TIFF of \(format < SAMPLEFORMAT_COMPLEXINT ? "volumes" : "complex numbers")",
        remedy: "save a page for each grey picture")
    }
    isFloat = format == Int(SAMPLEFORMAT_IEEEFP)
    isColour = photometric == PHOTOMETRIC_RGB
    isInverted = photometric == PHOTOMETRIC_MINISWHITE
    isPlanar = image.short(TIFFTAG_PLANARCONFIG, 1) == Int(PLANARCONFIG_SEPARATE) && channels > 1
    let isKnown = isColour || isInverted || photometric == PHOTOMETRIC_MINISBLACK
    let hasNumbers = isFloat || bits <= 32
    guard isColour || !isKnown || channels - image.transparencies <= 1 else {
      throw .unsupported(
        "a TIFF of \(channels) channels that it does not call colours",
        remedy: "save each channel as a grey page, or all as RGB")
    }
    kind =
      isKnown && hasNumbers && channels >= (isColour ? 3 : 1)
      ? NumberType.Kind(rawValue: (isFloat ? "float" : "uint") + "\(bits)") : nil
  }

  func image(
    _ image: borrowing TIFFHandle, _ size: ImageSize, _ form: PixelForm
  ) throws(ImageDataError) -> RasterImage {
    guard let kind else {
      guard bits <= 8, !isFloat else {
        throw .unsupported(
          "a TIFF of \(channels) × \(bits) bits in this form",
          remedy: "save it with 8, 16 or 32 bits, in grey or RGB")
      }
      let samples = try image.converted(size)
      return form.image(size, samples, channels: 4)
    }
    let used = isColour ? 3 : 1
    var planes: [[Float]] = []
    for channel in 0..<used where isPlanar || channel == 0 {
      let samples = try image.samples(
        size, channels: isPlanar ? 1 : channels, plane: isPlanar ? channel : 0,
        bytesPerSample: bits / 8)
      let taken = isPlanar ? 1 : used
      for index in 0..<taken {
        planes.append(
          values(
            samples, NumberType(kind, isBigEndian: image.isBigEndian), size, first: index,
            stride: isPlanar ? 1 : channels))
      }
    }
    return form.image(size, planes: try finished(planes, form.luminance))
  }

  /// The numbers of one channel: integers on 0…1, floating point as stored.
  private func values(
    _ samples: [UInt8], _ type: NumberType, _ size: ImageSize, first: Int, stride: Int
  ) -> [Float] {
    let largest = isFloat ? 1 : Float(sign: .plus, exponent: bits, significand: 1) - 1
    return [Float](unsafeUninitializedCapacity: size.area) { buffer, initialized in
      samples.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress, let target = buffer.baseAddress {
          type.convert(
            source + first * type.size, stride: stride * type.size, count: size.area, into: target)
        }
      }
      initialized = size.area
      if !isFloat {
        for index in 0..<size.area { buffer[index] /= largest }
      }
    }
  }

  /// The planes with white as 1, as `luminance` counts them.
  private func finished(
    _ planes: [[Float]], _ luminance: Luminance
  ) throws(ImageDataError) -> [[Float]] {
    var planes = planes
    for plane in planes.indices {
      if let index = planes[plane].firstIndex(where: { !$0.isFinite }) {
        throw ImageDataError(
          "holds \(planes[plane][index]) at pixel \(index)",
          remedy: "every value must be a finite number")
      }
      if isInverted {
        for index in planes[plane].indices { planes[plane][index] = 1 - planes[plane][index] }
      }
      if !isFloat { luminance.decode(&planes[plane]) }
    }
    return planes
  }
}
