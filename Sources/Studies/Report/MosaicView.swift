import Figures
import Foundation
import Learning

/// A subject's filters in a page: pointed at, one tells its index, norm, KL and Gabor function.
struct MosaicView {
  let subject: ReportSubject
  /// Whether filters at the same place of other mosaics are the same ones, and marked together.
  let isLinked: Bool

  /// The mosaic without the page around it.
  var mosaic: FilterMosaic {
    let record = subject.record
    return FilterMosaic(
      filters: subject.filters, patchHeight: record.data.patchHeight,
      patchWidth: record.data.patchWidth, order: subject.order,
      inactive: record.filters.map { !$0.isActive }, columns: columns,
      caption: FilterMosaic.caption(
        filters: record.filters.count, active: record.filters.count { $0.isActive }))
  }

  private var columns: Int {
    max(1, Int(Double(subject.filters.rows).squareRoot().rounded(.up)))
  }

  func html(files: String) throws -> HTML {
    let mosaic = self.mosaic
    let summary = subject.record.summary
    let picture = try FigureFolder.picture(mosaic, description: "Filters: \(subject.title)")
    let information = String(decoding: try json(information(of: mosaic)), as: UTF8.self)
    return element("figure") {
      element("h3") { subject.title }
      element("div", ["class": "mosaic", "tabindex": "0", "data-filters": information]) {
        picture
        element("i") { HTML.empty }
      }
      element("p", ["class": "readout"]) { hint }
      element("figcaption") {
        caption(summary)
        emptyElement("br")
        fileNames(files)
      }
    }
  }

  /// "26 of 169 filters active, 101 informative, 33 Gabor-like, 0 spikes. …"
  private func caption(_ summary: Summary) -> String {
    let counts = [
      "\(summary.activeFilters) of \(summary.latents) filters active", summary.usedFilters,
      summary.count("gaborLike").map { "\($0) Gabor-like" },
      "\(summary.count("spikes") ?? 0) spikes",
    ]
    return counts.compactMap { $0 }.joined(separator: ", ")
      + (isLinked ? ". Inactive" : ". Most used first; inactive")
      + " ones are drawn at half contrast, framed in orange."
  }

  private var hint: String { "Point at a filter, or tap it, to read its numbers." }

  /// What the page's script needs: where the tiles lie, as shares of the picture, and their texts.
  private struct Information: Encodable {
    var columns: Int
    var left, top, stepX, stepY, width, height: Double
    var hint: String
    var linked: Bool
    var filters: [String]
  }

  private func information(of mosaic: FilterMosaic) -> Information {
    let first = mosaic.rectangle(at: 0)
    let (right, below) = (mosaic.rectangle(at: min(1, columns - 1)), mosaic.rectangle(at: columns))
    let size = mosaic.size
    return Information(
      columns: columns, left: first.x / size.width, top: first.y / size.height,
      stepX: (columns > 1 ? right.x - first.x : first.width) / size.width,
      stepY: (below.y - first.y) / size.height, width: first.width / size.width,
      height: first.height / size.height, hint: hint, linked: isLinked,
      filters: subject.order.map(text))
  }

  /// "Filter 17 · ‖φ‖ 1.00 · KL 2.31 nats · Gabor R² 0.93, stripes at 45°, 0.12 cycles/pixel"
  private func text(of index: Int) -> String {
    let filter = subject.record.filters[index]
    var parts = ["Filter \(index)", String(format: "‖φ‖ %.2f", filter.norm)]
    if let kl = filter.kl { parts.append(String(format: "KL %.2f nats", kl)) }
    if let information = filter.information {
      parts.append(String(format: "information %.2f nats", information))
    }
    if let code = filter.meanCode { parts.append(String(format: "mean |z| %.2f", code)) }
    if let gabor = filter.gabor {
      let degrees = Int((90 - gabor.orientation * 180 / .pi).rounded())
      parts.append(
        String(format: "Gabor R² %.2f, ", gabor.rSquared)
          + (gabor.hasCarrier == false
            ? "no wave"
            : String(
              format: "stripes at %d°, %.2f cycles/pixel", (degrees % 180 + 180) % 180,
              gabor.frequency)))
    }
    if filter.isSpike { parts.append("spike") }
    if filter.isNoiseLike { parts.append("noise-like") }
    parts.append(filter.isActive ? "active" : "inactive")
    return parts.joined(separator: " · ")
  }
}

/// Where a figure's files lie beside the page.
func fileNames(_ name: String) -> HTML {
  element("span", ["class": "files"]) { "figures/\(name).png, .pdf" }
}
