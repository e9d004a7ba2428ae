import CCairo
import Foundation

/// The pixels of a PNG file, read back for tests.
struct Picture {
  let width: Int
  let height: Int
  /// 0xRRGGBB, row after row.
  private let pixels: [UInt32]

  init(pngFile path: String) {
    let surface = cairo_image_surface_create_from_png(path)
    defer { cairo_surface_destroy(surface) }
    width = Int(cairo_image_surface_get_width(surface))
    height = Int(cairo_image_surface_get_height(surface))
    var pixels: [UInt32] = []
    let stride = Int(cairo_image_surface_get_stride(surface))
    if let data = cairo_image_surface_get_data(surface) {
      for row in 0..<height {
        for column in 0..<width {
          let word = UnsafeRawPointer(data + row * stride + 4 * column)
          pixels.append(word.loadUnaligned(as: UInt32.self) & 0xFFFFFF)
        }
      }
    }
    self.pixels = pixels
  }

  /// The pixel `x` to the right and `y` down; nil beyond the picture.
  subscript(x: Int, y: Int) -> UInt32? {
    (0..<width).contains(x) && (0..<height).contains(y) ? pixels[y * width + x] : nil
  }
}
