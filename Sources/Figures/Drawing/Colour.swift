/// A colour of the sRGB space, with opacity; each component in 0 ... 1.
public struct Colour: Hashable, Sendable {
  /// Share of red.
  public var red: Double
  /// Share of green.
  public var green: Double
  /// Share of blue.
  public var blue: Double
  /// 1 hides what lies beneath, 0 leaves it as it is.
  public var opacity: Double

  /// A colour of these components.
  public init(red: Double, green: Double, blue: Double, opacity: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = opacity
  }

  /// A colour by its hexadecimal code, 0xRRGGBB.
  public init(hex: UInt32, opacity: Double = 1) {
    self.init(
      red: Double(hex >> 16 & 0xFF) / 255, green: Double(hex >> 8 & 0xFF) / 255,
      blue: Double(hex & 0xFF) / 255, opacity: opacity)
  }

  /// A grey: 0 is black, 1 white.
  public init(grey: Double) {
    self.init(red: grey, green: grey, blue: grey)
  }

  /// The same colour with another opacity.
  public func opacity(_ opacity: Double) -> Colour {
    var colour = self
    colour.opacity = opacity
    return colour
  }
}

extension Colour {
  /// The paper.
  public static let white = Colour(grey: 1)
  /// Text and axes.
  public static let ink = Colour(hex: 0x222222)
  /// Text of second rank: captions and numbers at ticks.
  public static let secondaryInk = Colour(hex: 0x595959)
  /// Lines that guide the eye.
  public static let guide = Colour(hex: 0xE6E6E6)

  /// The palette's blue.
  public static let blue = Colour(hex: 0x0072B2)
  /// The palette's vermilion.
  public static let vermilion = Colour(hex: 0xD55E00)
  /// The palette's bluish green.
  public static let green = Colour(hex: 0x009E73)
  /// The palette's reddish purple.
  public static let purple = Colour(hex: 0xCC79A7)
  /// The palette's orange; marks inactive filters.
  public static let orange = Colour(hex: 0xE69F00)
  /// The palette's sky blue.
  public static let skyBlue = Colour(hex: 0x56B4E9)

  /// Okabe & Ito's colours, told apart with any kind of colour vision, those best legible as thin
  /// lines on white first; their yellow is left out, being too light for that.
  public static let palette: [Colour] = [
    .blue, .vermilion, .green, .purple, .orange, .skyBlue, Colour(hex: 0x4D4D4D),
  ]

  /// The palette's colour for the series `index`, starting over at its end.
  public static func series(_ index: Int) -> Colour { palette[index % palette.count] }

  /// `#rrggbb`, without the opacity.
  var hexCode: String {
    let digits = Array("0123456789abcdef")
    return [red, green, blue].reduce(into: "#") { code, component in
      let byte = Int((min(max(component, 0), 1) * 255).rounded())
      code.append(digits[byte >> 4])
      code.append(digits[byte & 15])
    }
  }
}
