import ArgumentParser
import Foundation
import Learning
import SparseCoding

struct SparseCodeEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Find sparse codes of patches with a learned dictionary.",
    discussion: """
      Reads patches, one a row, and writes their codes, [patches, atoms]. Patches stream through: \
      there may be any number. Says how fast the solver was, what codes minimise, and the largest \
      relative duality gap, which bounds how far any patch's objective is above its minimum.

      Solvers minimise the lasso, ½‖x − Φᵀz‖² + λ‖z‖₁, but for three kinds: conjugate-gradient \
      minimises ½‖x − Φᵀz‖² + λ·Σ log(1 + z²), as Olshausen & Field did, which is another penalty \
      at the same λ; pursuits and hard thresholding fix the number of active atoms.
      """)

  @Argument(help: ArgumentHelp("The dictionary's folder.", valueName: "run"))
  var folder: String

  @OptionGroup var files: StreamFiles

  @Option(help: "What finds codes. (default: as the dictionary was learned)")
  var solver: SparseSolverFamily?

  @Option(help: "The relative duality gap to stop at; for solvers without, their own criterion.")
  var gap = 1e-5

  @Option(help: "λ. (default: as the dictionary was learned)")
  var lambda: Double?

  @Option(
    help: """
      With pursuits and hard thresholding: the most active atoms of a patch. (default: as the \
      dictionary was learned)
      """)
  var activeAtoms: Int?

  @Flag(help: "The patches are whitened and scaled already, as the training data was.")
  var treated = false

  @Flag(help: "Print speed, gap and sparsity as one flat JSON object.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if !(gap > 0 && gap < 1) {
      throw ValidationError("'--gap \(gap)': expected a number between 0 and 1, such as 1e-6.")
    }
    if let lambda, !(lambda >= 0 && lambda.isFinite) {
      throw ValidationError("'--lambda \(lambda)': expected 0 or more.")
    }
    if let activeAtoms, activeAtoms < 1 {
      throw ValidationError("'--active-atoms \(activeAtoms)': expected at least 1.")
    }
    if json && files.out == "-" {
      throw ValidationError("--json and codes cannot both go to standard output.")
    }
  }

  func run() throws {
    let trained = try TrainedRun<DictionaryConfiguration>(
      RunFolder(existing: URL(filePath: folder)))
    let console = Console(isQuiet: compute.quiet)
    let report = try trained.encode(
      files.stream(trained.preprocessing, console), treated: treated, solver: solver, gap: gap,
      activeAtoms: activeAtoms, lambda: lambda, team: compute.team)
    console.say(
      String(
        format:
          "%d patches, %.0f a second; largest \(report.criterion) %.2g; %.2f active atoms a patch",
        report.patches, report.patchesPerSecond, report.largestGap, report.l0))
    console.say("codes minimise \(report.objective)")
    if report.converged < report.patches {
      console.warn(
        "\(report.patches - report.converged) patches did not come within \(gap)"
          + (report.notFinite > 0 ? ", \(report.notFinite) of them without codes" : ""))
    }
    if json { print(try report.json()) }
  }
}
