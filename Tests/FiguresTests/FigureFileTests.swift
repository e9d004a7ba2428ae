import Compute
import Foundation
import TestSupport
import Testing

@testable import Figures

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureFileTests {
  private let figure = FilterMosaic(
    filters: Matrix(rows: 5, columns: 4, elements: (0..<20).map { Float($0 % 7) - 3 }),
    patchHeight: 2, patchWidth: 2, inactive: [false, true], title: "K < 6 & \"σ²\"",
    caption: "5 filters, 4 active")

  @Test func `PNG files have the signature and the figure's size`() throws {
    let bytes = try figure.pngData
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    let height = bytes[20..<24].reduce(0) { $0 << 8 | Int($1) }
    #expect(width == Int((figure.size.width * 2).rounded(.up)))
    #expect(height == Int((figure.size.height * 2).rounded(.up)))
  }

  @Test func `PDF files start with their signature`() throws {
    #expect(try figure.data(format: .pdf).starts(with: Array("%PDF".utf8)))
  }

  @Test func `SVG files are well-formed and keep text as text`() throws {
    let text = try figure.svgText
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(text.contains(">5 filters, 4 active</text>"))
    #expect(text.contains(">K &lt; 6 &amp; &quot;σ²&quot;</text>"))
  }

  @Test(arguments: FigureFormat.allCases)
  func `drawing twice gives the same bytes`(_ format: FigureFormat) throws {
    #expect(try figure.data(format: format) == figure.data(format: format))
  }

  @Test(arguments: FigureFormat.allCases)
  func `files hold the figure, replace older ones, and nothing is left beside them`(
    _ format: FigureFormat
  ) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "figure.\(format.rawValue.uppercased())")
      try Data("older".utf8).write(to: file)
      try figure.write(to: file.path)
      #expect(try Array(Data(contentsOf: file)) == figure.data(format: format))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names == [file.lastPathComponent])
    }
  }

  @Test func `a missing folder is named`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "absent/figure.png").path
      let error = #expect(throws: FigureError.self) { try figure.write(to: path) }
      #expect(error?.description.contains(path) == true)
      #expect(error?.description.contains("does not exist") == true)
    }
  }

  @Test func `a file that cannot be replaced is named, and nothing is left beside it`() throws {
    try withTemporaryFolder { folder in
      let obstacle = folder.appending(path: "figure.png/inside")
      try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)
      let path = folder.appending(path: "figure.png").path
      let error = #expect(throws: FigureError.self) { try figure.write(to: path) }
      #expect(error == .notWritten(path: path, reason: "Is a directory"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["figure.png"])
    }
  }

  @Test(arguments: ["figure.bmp", "figure", "folder.png/figure."])
  func `an unknown extension lists the known ones`(_ path: String) {
    let error = #expect(throws: FigureError.self) { try figure.write(to: path) }
    #expect(error?.description.hasPrefix("\(path): ") == true)
    #expect(error?.description.hasSuffix("known are .png, .svg, .pdf") == true)
  }

  @Test func `formats go by extensions in any spelling`() throws {
    #expect(try FigureFormat(path: "a.PNG") == .png)
    #expect(try FigureFormat(path: "svg/b.svg") == .svg)
    #expect(try FigureFormat(path: "a.b/c.d.Pdf") == .pdf)
  }

  @Test func `a picture too large for PNG is refused`() {
    let mosaic = FilterMosaic(
      filters: Matrix(rows: 2000, columns: 1), patchHeight: 1, patchWidth: 1, columns: 2000,
      magnification: 10)
    #expect(throws: FigureError.tooLarge(width: 52030, height: 56)) { try mosaic.pngData }
  }
}
