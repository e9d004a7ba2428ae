import Foundation
import Learning

/// A page without any other file: style, script and pictures are within.
struct ReportPage {
  var title: String
  var sections: [HTML]

  /// The whole file.
  var text: String {
    let page = element("html", ["lang": "en"]) {
      element("head") {
        emptyElement("meta", ["charset": "utf-8"])
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
        element("script") {
          HTML(markup: "/*<![CDATA[*/\n\(Self.resource(PackageResources.report_js))\n/*]]>*/")
        }
      }
    }
    return "<!DOCTYPE html>\n" + page.markup + "\n"
  }

  private static func resource(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
