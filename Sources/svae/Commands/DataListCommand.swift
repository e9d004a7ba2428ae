import ArgumentParser
import Foundation
import ImageData

struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Name the data sets that can be fetched, with their licences.")

  @OptionGroup var source: DataSetSourceOptions

  @Flag(help: "Print the list as JSON: change it, and name it by --sources.")
  var json = false

  func run() throws {
    let list = try source.list()
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(list), as: UTF8.self))
      return
    }
    for set in list.sets {
      print("\(set.name)\n  \(set.title)\n  \(set.licence)")
      if let note = set.note { print("  \(note)") }
    }
  }
}
