import Foundation
import ImageData
import Learning

/// A page without any other file: style, script and pictures are within.
struct ReportPage {
  var title: String
  var sections: [HTML]

  /// The whole file.
  var text: String {
    let script = "/*<![CDATA[*/\n\(Self.resource(PackageResources.report_js))\n/*]]>*/"
    let page = element("html", ["lang": "en"]) {
      element("head") {
        emptyElement("meta", ["charset": "utf-8"])
        emptyElement(
          "meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy(script)])
        emptyElement(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        emptyElement("meta", ["name": "color-scheme", "content": "light dark"])
        element("title") { title }
        element("style") {
          HTML(markup: "/*<![CDATA[*/\n\(Self.resource(PackageResources.report_css))\n/*]]>*/")
        }
      }
      element("body") {
        element("main") { HTMLBuilder.buildArray(sections) }
        element("script") { HTML(markup: script) }
      }
    }
    return "<!DOCTYPE html>\n" + page.markup + "\n"
  }

  /// Nothing comes from elsewhere, and no other script than this runs, wherever a name might put one.
  private static func policy(_ script: String) -> String {
    let hash = SHA256()
    hash.update(Array(script.utf8))
    // Without the hash, no script at all: a page is read without it, too.
    let digits = Array((try? hash.finished()) ?? "")
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0..<$0 + 2]), radix: 16)
    }
    let source = bytes.isEmpty ? "'none'" : "'sha256-\(Data(bytes).base64EncodedString())'"
    return "default-src 'none'; base-uri 'none'; img-src data:; style-src 'unsafe-inline'; "
      + "script-src \(source)"
  }

  private static func resource(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
