import ArgumentParser
import Compute
import Foundation
import Learning
import Studies

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Run a study: conditions, each trained from several seeds, and a report.",
    discussion: """
      svae reproduce natural --quick               none against unit norm, in minutes
      svae reproduce natural --preset constraints  constraints, numbers of latents
      svae reproduce mnist --data mnist/           heuristics too, on digits
      svae reproduce STUDY.yaml                    a study of your own: conditions, or a grid of \
      settings' values, as docs/Studies.md tells

      One run trains on each core. Ctrl-C stops at a checkpoint; the same command goes on. The \
      folder holds the runs, table.json, table.csv, the figures and report.html.
      """)

  @Argument(help: "natural, mnist, or a study as a YAML file.")
  var study: String

  @Option(
    help: """
      A folder of photographs, or of IDX files. (default: what the study names, in the folder \
      SVAE_DATA or here; for natural else generated images)
      """)
  var data: String?

  @Option(help: "The study's folder. (default: runs/STUDY)")
  var out: String?

  @Flag(help: "The main contrast only, with few seeds and epochs: minutes.")
  var quick = false

  @Flag(help: "All seeds and epochs: many hours.")
  var full = false

  @Option(
    help: ArgumentHelp(
      "A preset that the study's file defines: quick, constraints, full.", valueName: "name"))
  var preset: String?

  @Option(help: "Seeds in each condition. (default: as the study says)")
  var seeds: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      """
      One setting laid over every condition's, such as training.epochs=2; may be repeated. 'svae \
      settings' lists all keys.
      """,
      valueName: "key=value"))
  var settings: [String] = []

  @Flag(
    help: """
      Measure −log p(x) of every model too, by annealed importance sampling on 100 test patches: \
      about ten seconds a run of 169 latents.
      """)
  var likelihood = false

  @Flag(help: "Print the table as a JSON array, one object a condition.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if [quick, full, preset != nil].count(where: { $0 }) > 1 {
      throw ValidationError("--quick, --full and --preset exclude each other.")
    }
    if let seeds, !(1...1000).contains(seeds) {
      throw ValidationError("'--seeds \(seeds)': expected a number from 1 to 1000.")
    }
  }

  func run() throws {
    let console = Console(isQuiet: compute.quiet)
    let (study, name) = try resolvedStudy()
    let folder = try StudyFolder(for: study, at: URL(filePath: out ?? "runs/\(name)"))
    let jobs = compute.threads ?? ThreadTeam.processorCount
    console.say("\(study.title): \(study.conditions.count) conditions, \(study.runs.count) runs")
    if let note = study.dataNote { console.warn(note) }
    if let warning = InstructionSet.current.warning { console.warn(warning) }
    Interrupt.watch()
    let finished = try train(StudyScheduler(study, in: folder, jobs: jobs), console)
    guard finished else {
      console.warn(
        "stopped at checkpoints; the same command goes on, "
          + "and svae report \(folder.url.shellPath) shows what is finished")
      throw ExitCode(Interrupt.exitCode)
    }
    if likelihood {
      let runs = study.runs.map { folder.runFolder($0.condition.name, seed: $0.seed) }
      try runs.compactMap { try? RunFolder(existing: $0) }.filter(\.isFinished)
        .measureLikelihoods(team: ThreadTeam(count: jobs), isQuiet: compute.quiet)
    }
    let outcome = try StudyOutcome(of: study, in: folder, team: ThreadTeam(count: jobs))
    try outcome.writeTables(to: folder)
    try StudyReport(outcome, in: folder).write()
    console.say("")
    print(json ? try outcome.table.json() : outcome.table.text)
    console.say("report   \(folder.reportFile.relativePath)")
  }

  private func resolvedStudy() throws -> (Study, name: String) {
    var options = StudyOptions()
    options.preset = quick ? "quick" : full ? "full" : preset
    options.data = data
    options.seeds = seeds
    options.settings = settings
    let url = URL(filePath: study)
    let builtIn = BuiltInStudy(rawValue: study)
    let file = try builtIn?.file() ?? StudyFile(file: url)
    let name = builtIn?.rawValue ?? url.deletingPathExtension().lastPathComponent
    return (try file.study(options), name + (options.preset.map { "-\($0)" } ?? ""))
  }

  private func train(_ scheduler: StudyScheduler, _ console: Console) throws -> Bool {
    let bar = StudyProgressBar(isQuiet: compute.quiet)
    var observer = StudyScheduler.Observer()
    observer.progress = { progress in
      bar.update(progress)
      return !Interrupt.isRequested
    }
    observer.message = { line in
      bar.clear()
      console.say(line)
    }
    observer.warning = { line in
      bar.clear()
      console.warn(line)
    }
    defer { bar.clear() }
    return try scheduler.run(observer)
  }
}
