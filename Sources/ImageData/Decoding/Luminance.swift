import Foundation

/// How colours become luminance: Y = 0.2126 R + 0.7152 G + 0.0722 B (Rec. 709), over which values.
public enum Luminance: String, CaseIterable, Codable, Hashable, Sendable {
  /// The values as stored, encoded for the eye (sRGB): what most published work on photographs
  /// uses.
  case gamma
  /// Values proportional to light.
  case linear

  static let red: Float = 0.2126
  static let green: Float = 0.7152
  static let blue: Float = 0.0722

  /// What each of sRGB's 256 levels counts, 0…1.
  var ofEncodedBytes: [Float] { self == .gamma ? Self.encodedBytes : Self.linearBytes }

  /// What each of 65,536 levels proportional to light counts, 0…1.
  var ofLinearWords: [Float] { self == .gamma ? Self.encodedWords : Self.linearWords }

  /// sRGB's transfer function, from light to stored value (IEC 61966-2-1).
  static func encode(_ light: Double) -> Double {
    light <= 0.003_130_8 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
  }

  /// Its inverse.
  static func decode(_ value: Double) -> Double {
    value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private static let encodedBytes = (0...255).map { Float($0) / 255 }
  private static let linearBytes = (0...255).map { Float(decode(Double($0) / 255)) }
  private static let encodedWords = (0...65535).map { Float(encode(Double($0) / 65535)) }
  private static let linearWords = (0...65535).map { Float($0) / 65535 }

  /// The luminance of `count` pixels of `channels` samples each: 1 (grey), 2 (grey, alpha),
  /// 3 (colour) or 4 (colour, alpha); alpha is passed over.
  static func pixels<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample], count: Int, channels: Int, levels: [Float]
  ) -> [Float] {
    let isColour = channels >= 3
    return [Float](unsafeUninitializedCapacity: count) { pixels, initialized in
      samples.withUnsafeBufferPointer { samples in
        levels.withUnsafeBufferPointer { levels in
          for index in 0..<count {
            let first = index * channels
            let value = levels[Int(samples[first])]
            let luminance =
              isColour
              ? red * value + green * levels[Int(samples[first + 1])]
                + blue * levels[Int(samples[first + 2])]
              : value
            pixels.initializeElement(at: index, to: luminance)
          }
        }
      }
      initialized = count
    }
  }
}
