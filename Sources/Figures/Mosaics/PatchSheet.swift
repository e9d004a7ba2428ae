import Compute

/// Blocks of patches side by side, each under its title: the data before and after whitening.
public struct PatchSheet: Figure {
  /// Patches that are shown together.
  public struct Block: Sendable {
    /// What is written above.
    public var title: String
    /// `[patches, patchHeight · patchWidth]`, one patch a row, pixels row after row; in colour first
    /// all of red, then green, then blue.
    public var patches: Matrix
    /// How values become greys.
    public var scale: TileScale

    /// Patches under a title.
    public init(title: String, patches: Matrix, scale: TileScale) {
      self.title = title
      self.patches = patches
      self.scale = scale
    }

    /// Patches as they come from images: black to white is the range of their grey levels.
    public static func raw(_ patches: Matrix, title: String = "Images") -> Block {
      Block(title: title, patches: patches, scale: .rangeCommon)
    }

    /// Patches after whitening: zero is middle grey, one scale for all.
    public static func whitened(_ patches: Matrix, title: String = "Whitened") -> Block {
      Block(title: title, patches: patches, scale: .symmetricCommon)
    }
  }

  /// A line of text below; none where empty.
  public var caption: String

  private let titles: [String]
  private let grids: [TileGrid]

  /// - Parameters:
  ///   - columns: patches to a row of a block; by default so that it is nearly a square.
  ///   - magnification: points per pixel; by default for blocks of about half a page's width.
  public init(
    blocks: [Block], patchHeight: Int, patchWidth: Int, columns: Int? = nil,
    magnification: Int? = nil, caption: String = ""
  ) {
    titles = blocks.map(\.title)
    grids = blocks.map { block in
      TileGrid(
        values: block.patches, tileHeight: patchHeight, tileWidth: patchWidth, order: nil,
        marked: [], scale: block.scale, columns: columns, magnification: magnification)
    }
    self.caption = caption
  }

  private static let margin = 8.0
  private static let spacing = 20.0
  private static let titleHeight = 14.0

  private var captionHeight: Double { caption.isEmpty ? 0 : 16 }

  /// The width of a block, wide enough for its title.
  private func width(of block: Int) -> Double {
    max(grids[block].size.width, Font.title.width(of: titles[block]).rounded(.up))
  }

  /// All blocks with their titles, the caption and margins.
  public var size: Size {
    let gaps = PatchSheet.spacing * Double(max(grids.count - 1, 0))
    let widths = grids.indices.map(width(of:)).reduce(gaps, +)
    let height = grids.map(\.size.height).max() ?? 0
    return Size(
      width: 2 * PatchSheet.margin + max(widths, Font.small.width(of: caption).rounded(.up)),
      height: 2 * PatchSheet.margin + PatchSheet.titleHeight + height + captionHeight)
  }

  /// Draws every block below its title, and the caption.
  public func draw(on canvas: Canvas) {
    let margin = PatchSheet.margin
    var left = margin
    for (block, grid) in grids.enumerated() {
      canvas.text(
        titles[block], at: Point(x: left + 1, y: margin), anchor: TextAnchor(.left, .top),
        font: .title)
      grid.draw(on: canvas, at: Point(x: left, y: margin + PatchSheet.titleHeight))
      left += width(of: block) + PatchSheet.spacing
    }
    canvas.text(
      caption, at: Point(x: margin + 1, y: canvas.size.height - margin), font: .small,
      colour: .secondaryInk)
  }
}
