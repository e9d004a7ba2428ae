import ArgumentParser
import Compute
import Foundation
import Learning
import Studies

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make the page of a run or a study: report.html, for any browser.",
    discussion: """
      The page is one file that needs no network. Every figure lies beside it, as PNG and PDF, in \
      figures/. A run that was not measured yet is measured on its own test patches.
      """)

  @Argument(help: ArgumentHelp("The folder of a run, or of a study.", valueName: "run"))
  var folder: String

  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let team = ThreadTeam(count: compute.threads ?? ThreadTeam.processorCount)
    let url = URL(filePath: folder)
    let console = Console(isQuiet: compute.quiet)
    if StudyFolder.isStudy(url) {
      let study = try StudyFolder(existing: url)
      let outcome = try StudyOutcome(of: study.study(), in: study, team: team)
      try outcome.writeTables(to: study)
      try StudyReport(outcome, in: study).write()
      console.say("wrote \(study.reportFile.relativePath)")
    } else {
      let report = try RunReport(RunFolder(existing: url), team: team)
      try report.write()
      console.say("wrote \(report.file.relativePath)")
    }
  }
}
