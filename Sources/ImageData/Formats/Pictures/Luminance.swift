import Foundation

/// How colours become luminance: Y = 0.2126 R + 0.7152 G + 0.0722 B (Rec. 709), over which values.
public enum Luminance: String, CaseIterable, Codable, Hashable, Sendable {
  /// The values as stored, encoded for the eye (sRGB): what most published work on photographs
  /// uses.
  case gamma
  /// Values proportional to light.
  case linear

  /// What is weighed, in words.
  var values: String {
    self == .gamma ? "the values as stored" : "the light, sRGB's gamma undone"
  }

  /// The luminance, 0…1, of `count` pixels of `channels` sRGB samples each: 1 (grey), 2 (grey,
  /// alpha), 3 (colour) or 4 (colour, alpha); alpha is passed over.
  func pixels<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample], count: Int, channels: Int
  ) -> [Float] {
    let levels = Sample.bitWidth == 8 ? byteLevels : wordLevels
    let isColour = channels >= 3
    return [Float](unsafeUninitializedCapacity: count) { pixels, initialized in
      samples.withUnsafeBufferPointer { samples in
        levels.withUnsafeBufferPointer { levels in
          for index in 0..<count {
            let first = index * channels
            let value = levels[Int(samples[first])]
            let luminance =
              isColour
              ? 0.2126 * value + 0.7152 * levels[Int(samples[first + 1])]
                + 0.0722 * levels[Int(samples[first + 2])]
              : value
            pixels.initializeElement(at: index, to: luminance)
          }
        }
      }
      initialized = count
    }
  }

  /// What one of the samples of each pixel counts, 0…1.
  func values<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample], count: Int, channels: Int, at place: Int
  ) -> [Float] {
    let levels = Sample.bitWidth == 8 ? byteLevels : wordLevels
    return (0..<count).map { levels[Int(samples[$0 * channels + place])] }
  }

  /// Values on 0…1, as stored, become what they count.
  func decode(_ values: inout [Float]) {
    guard self == .linear else { return }
    for index in values.indices { values[index] = Self.light(Double(values[index])) }
  }

  /// Y of three channels.
  static func weigh(_ red: [Float], _ green: [Float], _ blue: [Float]) -> [Float] {
    red.indices.map { 0.2126 * red[$0] + 0.7152 * green[$0] + 0.0722 * blue[$0] }
  }

  /// What each of 256 levels counts.
  private var byteLevels: [Float] { self == .gamma ? Self.encodedBytes : Self.linearBytes }

  /// What each of 65,536 levels counts.
  private var wordLevels: [Float] { self == .gamma ? Self.encodedWords : Self.linearWords }

  private static let encodedBytes = (0...255).map { Float($0) / 255 }
  private static let linearBytes = (0...255).map { light(Double($0) / 255) }
  private static let encodedWords = (0...65535).map { Float($0) / 65535 }
  private static let linearWords = (0...65535).map { light(Double($0) / 65535) }

  /// sRGB's transfer function, from stored value to light (IEC 61966-2-1).
  private static func light(_ value: Double) -> Float {
    Float(value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
  }
}
