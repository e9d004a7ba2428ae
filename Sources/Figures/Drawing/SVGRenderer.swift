import Foundation

/// Writes SVG 1.1 in which text stays text: it can be searched, read aloud and edited.
///
/// Cairo's own SVG surface turns letters into outlines and numbers its elements from a counter that
/// runs through the whole process, so that equal figures differ; hence this small writer.
final class SVGRenderer: Renderer {
  private let size: Size
  private var body = ""
  private var clips = 0

  init(size: Size) { self.size = size }

  func fill(_ path: Path, _ colour: Colour) {
    body += "<path d=\"\(data(path))\" fill=\"\(colour.hexCode)\""
    body += opacity("fill-opacity", colour) + "/>\n"
  }

  func stroke(_ path: Path, _ pen: Pen) {
    body += "<path d=\"\(data(path))\" fill=\"none\" stroke=\"\(pen.colour.hexCode)\""
    body += " stroke-width=\"\(number(pen.width))\" stroke-miterlimit=\"\(number(Pen.miterLimit))\""
    body += opacity("stroke-opacity", pen.colour)
    if !pen.dashes.isEmpty {
      body += " stroke-dasharray=\"\(pen.dashes.map(number).joined(separator: " "))\""
    }
    body += "/>\n"
  }

  func text(
    _ text: String, at point: Point, _ horizontal: TextAnchor.Horizontal, angle: Double,
    font: Font, colour: Colour
  ) {
    let anchor =
      switch horizontal {
      case .left: ""
      case .centre: " text-anchor=\"middle\""
      case .right: " text-anchor=\"end\""
      }
    body += "<text x=\"\(number(point.x))\" y=\"\(number(point.y))\"\(anchor)"
    body += " font-size=\"\(number(font.size))\" fill=\"\(colour.hexCode)\""
    body += opacity("fill-opacity", colour)
    if font.isBold { body += " font-weight=\"bold\"" }
    if angle != 0 {
      let degrees = number(-angle * 180 / .pi)
      body += " transform=\"rotate(\(degrees) \(number(point.x)) \(number(point.y)))\""
    }
    body += ">\(escaped(text))</text>\n"
  }

  func image(_ image: PixelImage, in rectangle: Rectangle) {
    let code = Data(CairoRenderer.png(of: image)).base64EncodedString()
    body += "<image \(attributes(of: rectangle)) preserveAspectRatio=\"none\""
    body += " style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64,\(code)\"/>\n"
  }

  func beginClip(to rectangle: Rectangle) {
    clips += 1
    body += "<defs><clipPath id=\"clip\(clips)\">"
    body += "<rect \(attributes(of: rectangle))/></clipPath></defs>\n"
    body += "<g clip-path=\"url(#clip\(clips))\">\n"
  }

  func endClip() { body += "</g>\n" }

  func finish() throws(FigureError) -> [UInt8] {
    let width = number(size.width)
    let height = number(size.height)
    let head = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
      width="\(width)pt" height="\(height)pt" viewBox="0 0 \(width) \(height)" \
      font-family="'\(Font.family)', Verdana, sans-serif" stroke="none">

      """
    return Array((head + body + "</svg>\n").utf8)
  }

  private func data(_ path: Path) -> String {
    func pair(_ p: Point) -> String { "\(number(p.x)) \(number(p.y))" }
    return path.elements.map { element in
      switch element {
      case .move(let p): "M\(pair(p))"
      case .line(let p): "L\(pair(p))"
      case .curve(let a, let b, let p): "C\(pair(a)) \(pair(b)) \(pair(p))"
      case .close: "Z"
      }
    }.joined()
  }

  private func attributes(of rectangle: Rectangle) -> String {
    "x=\"\(number(rectangle.x))\" y=\"\(number(rectangle.y))\" "
      + "width=\"\(number(rectangle.width))\" height=\"\(number(rectangle.height))\""
  }

  private func opacity(_ name: String, _ colour: Colour) -> String {
    colour.opacity < 1 ? " \(name)=\"\(number(colour.opacity))\"" : ""
  }

  /// A number to a hundredth, without idle zeros.
  private func number(_ value: Double) -> String {
    let hundredths = Int((min(max(value, -1e9), 1e9) * 100).rounded())
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    let fraction =
      switch rest {
      case 0: ""
      case _ where rest % 10 == 0: ".\(rest / 10)"
      case ..<10: ".0\(rest)"
      default: ".\(rest)"
      }
    return (hundredths < 0 ? "-" : "") + "\(whole)" + fraction
  }

  /// Escaped text, without the characters that XML forbids.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t", "\n": result += " "
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return Markup.escaped(result)
  }
}
