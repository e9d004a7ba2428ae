import ArgumentParser
import Foundation
import ImageData
import Synchronization

struct DataFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Bring a published data set into a folder.",
    discussion: """
      Files are verified by SHA-256, and appear whole or not at all; where no hash is published, \
      the first file's is recorded and holds from then on. A \
      download that broke off continues where it stopped. Prints the folder, for svae train.
      """)

  @Argument(
    help: "bsds500, mnist, fashion-mnist, kmnist, van-hateren, olshausen, or a name in --sources.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "A folder or web address that holds the files instead.", valueName: "url-or-folder"))
  var from: String?

  @Option(help: ArgumentHelp("Where to. (default: data/NAME)", valueName: "folder"))
  var out: String?

  @OptionGroup var source: DataSetSourceOptions

  @Option(
    help: ArgumentHelp(
      "Seconds without a byte, after which a server counts as silent.", valueName: "seconds"))
  var patience = 30.0

  @Flag(name: .shortAndLong, help: "Print nothing but the folder and errors.")
  var quiet = false

  mutating func validate() throws {
    if !(patience >= 1 && patience <= 3600) {
      throw ValidationError("'--patience \(patience)': expected from 1 to 3600 seconds.")
    }
    if let from, from.contains("://"), URL(string: from) == nil {
      throw ValidationError("'--from \(from)': expected a folder or a web address.")
    }
  }

  func run() throws {
    let entry = try source.list().entry(name)
    let console = Console(isQuiet: quiet)
    console.say(entry.title)
    console.say("licence: \(entry.licence)")
    if let note = entry.note { console.say("note: \(note)") }

    let mirror = from.flatMap { $0.contains("://") ? URL(string: $0) : URL(filePath: $0) }
    let folder = URL(filePath: out ?? "data/\(entry.name)")
    var fetcher = DataSetFetcher(entry, into: folder, from: mirror)
    fetcher.patience = patience
    let display = Mutex(StageDisplay(isQuiet: quiet))
    let outcomes: [DataSetFetcher.Outcome]
    do {
      outcomes = try fetcher.fetch { progress in display.withLock { $0.show(progress) } }
    } catch {
      display.withLock { $0.end() }
      throw error
    }
    display.withLock { $0.end() }
    for outcome in outcomes {
      let state =
        switch outcome.verification {
        case .published: "verified by SHA-256"
        case .recorded: "the same as when it first came, by SHA256SUMS"
        case .first: "no SHA-256 is published; its own is now in SHA256SUMS"
        }
      console.say(
        "\(outcome.file.lastPathComponent): \(state)"
          + (outcome.wasPresent ? ", was there already" : "")
          + (outcome.unpacked > 0 ? ", \(outcome.unpacked) files unpacked" : ""))
    }
    print(folder.relativePath)
  }
}

/// A line for each stage, and a bar for it on a terminal.
private final class StageDisplay {
  private let console: Console
  private var stage = ""
  private var bar: ProgressBar?

  init(isQuiet: Bool) { console = Console(isQuiet: isQuiet) }

  func show(_ progress: DataProgress) {
    if progress.stage != stage {
      end()
      stage = progress.stage
      console.say(stage)
      bar = ProgressBar(isQuiet: console.isQuiet, unit: isInBytes ? "kB" : "files")
    }
    let unit = isInBytes ? 1000 : 1
    bar?.update(progress.done / unit, of: progress.total / unit)
  }

  func end() { bar?.clear() }

  private var isInBytes: Bool { stage.hasPrefix("fetching") }
}
