import Compute
import TestSupport
import Testing

@testable import Figures

@Suite struct FilterMosaicTests {
  /// The picture of a mosaic at two pixels per point, and of its file.
  private func picture(of figure: some Figure) throws -> Picture {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "mosaic.png").path
      try figure.write(to: path)
      return Picture(pngFile: path)
    }
  }

  /// Four filters of 3 × 3 pixels; the second has one bright pixel, in its middle row, last column.
  private let filters: Matrix = {
    var filters = Matrix(rows: 4, columns: 9)
    filters[1, 5] = 0.25
    filters[2, 0] = -3
    return filters
  }()

  @Test func `a bright pixel is a white square in its place`() throws {
    let mosaic = FilterMosaic(filters: filters, patchHeight: 3, patchWidth: 3, magnification: 4)
    let picture = try picture(of: mosaic)
    let tile = mosaic.rectangle(at: 1)
    for y in 0..<24 {
      for x in 0..<24 {
        let isBright = (8..<16).contains(y) && (16..<24).contains(x)
        let pixel = picture[2 * Int(tile.x) + x, 2 * Int(tile.y) + y]
        #expect(pixel == (isBright ? 0xFFFFFF : 0x808080), "pixel (\(x), \(y)) of the tile")
      }
    }
  }

  @Test func `the most negative pixel is black`() throws {
    let mosaic = FilterMosaic(filters: filters, patchHeight: 3, patchWidth: 3, magnification: 4)
    let tile = mosaic.rectangle(at: 2)
    #expect(try picture(of: mosaic)[2 * Int(tile.x), 2 * Int(tile.y)] == 0)
  }

  @Test func `on a common scale weak filters stay pale`() throws {
    let mosaic = FilterMosaic(
      filters: filters, patchHeight: 3, patchWidth: 3, scale: .symmetricCommon, magnification: 4)
    let tile = mosaic.rectangle(at: 1)
    let pixel = try picture(of: mosaic)[2 * Int(tile.x) + 20, 2 * Int(tile.y) + 12]
    #expect(pixel == 0x8A8A8A)
  }

  @Test func `the order says which filter lies where`() throws {
    let mosaic = FilterMosaic(
      filters: filters, patchHeight: 3, patchWidth: 3, order: [3, 2, 1], magnification: 4)
    let tile = mosaic.rectangle(at: 2)
    #expect(try picture(of: mosaic)[2 * Int(tile.x) + 20, 2 * Int(tile.y) + 12] == 0xFFFFFF)
  }

  @Test func `an inactive filter is framed and paler`() throws {
    let mosaic = FilterMosaic(
      filters: filters, patchHeight: 3, patchWidth: 3, inactive: [false, true, true],
      magnification: 4)
    let picture = try picture(of: mosaic)
    let active = mosaic.rectangle(at: 0)
    let inactive = mosaic.rectangle(at: 2)
    #expect(picture[2 * Int(active.x) - 1, 2 * Int(active.y) + 4] == 0xFFFFFF)
    #expect(picture[2 * Int(inactive.x) - 1, 2 * Int(inactive.y) + 4] == 0xE69F00)
    #expect(picture[2 * Int(inactive.x) + 4, 2 * Int(inactive.y) + 4] == 0x616161)
  }

  @Test func `a caption says what half contrast means`() {
    #expect(
      FilterMosaic.caption(filters: 169, active: 26)
        == "169 filters, 26 active; the others at half contrast")
    #expect(FilterMosaic.caption(filters: 20, active: 20) == "20 filters, 20 active")
  }

  @Test func `mosaics are nearly square`() {
    for (count, columns) in [(1, 1), (2, 2), (9, 3), (10, 4), (169, 13), (400, 20)] {
      #expect(TileGrid.nearSquareColumns(count, height: 12, width: 12) == columns)
    }
  }

  @Test(arguments: [0, 1, 7, 169])
  func `any number of filters is drawn, all zero or not finite`(_ count: Int) throws {
    var broken = Matrix(rows: count, columns: 6)
    if count > 1 { broken.elements[7] = .nan }
    if count > 2 { broken.elements[13] = .infinity }
    for scale in [TileScale.symmetricEach, .symmetricCommon, .rangeCommon] {
      let mosaic = FilterMosaic(
        filters: broken, patchHeight: 2, patchWidth: 3, inactive: [true], scale: scale,
        caption: "\(count) filters")
      #expect(try picture(of: mosaic).width == Int(mosaic.size.width) * 2)
    }
  }

  @Test func `sheets show raw and whitened patches under their titles`() throws {
    let patches = Matrix(rows: 25, columns: 16, elements: (0..<400).map { Float($0 % 23) })
    let sheet = PatchSheet(
      blocks: [.raw(patches, title: "Images"), .whitened(patches, title: "Whitened")],
      patchHeight: 4, patchWidth: 4, caption: "25 patches")
    let text = try sheet.svgText
    for label in ["Images", "Whitened", "25 patches"] { #expect(text.contains(">\(label)<")) }
    #expect(text.components(separatedBy: "<image").count == 51)
  }
}
