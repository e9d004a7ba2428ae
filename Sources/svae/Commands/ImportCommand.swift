import ArgumentParser
import Compute
import Distributions
import Exchange
import Foundation
import ImageData
import LatentVariableModels
import Learning

extension RegisteredName: ExpressibleByArgument {}
extension PosteriorFamily: ExpressibleByArgument {}
extension Whitening: ExpressibleByArgument {}

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a run of a model that was trained in PyTorch.",
    discussion: """
      FILE is a state dict saved as safetensors, with the names of the published SVAE (fc1; fc21, \
      fc31, fc41 for the mean; fc22, fc32, fc42 for the log scale; Phi; any widths), with those \
      that svae export writes, or with others that --layer tells. The run can then be given to \
      svae evaluate, filters, encode, decode, and so on.
      """)

  @Argument(help: ArgumentHelp("A .safetensors file.", valueName: "file"))
  var file: String

  @Option(help: "Folder for the run; must not exist.")
  var out: String

  @Option(help: "The noise's standard deviation σ. (default: likelihood_scale in the file, or 1/e)")
  var noiseScale: Double?

  @Option(help: "The latents' prior. (default: prior in the file, or laplace)")
  var prior: PriorFamily?

  @Option(help: "The prior's scale s. (default: prior_scale in the file, or 1)")
  var priorScale: Double?

  @Option(help: "The posterior's family. (default: gaussian)")
  var posterior: PosteriorFamily?

  @Option(
    help: """
      What the model was trained on, for the whitening and for svae evaluate. (default: patches \
      are taken as they come)
      """)
  var data: String?

  @Option(help: "How --data is whitened. (default: as svae train does)")
  var whitening: Whitening?

  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp(
      """
      A layer by another name, such as trunk.0=encoder.0: trunk.N, mean.N, log-scale.N or \
      decoder; may be repeated.
      """, valueName: "role=name"))
  var layers: [String] = []

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    for (name, value) in [("noise-scale", noiseScale), ("prior-scale", priorScale)] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("'--\(name) \(value)': expected a number more than 0.")
      }
    }
    if whitening != nil && data == nil {
      throw ValidationError("--whitening says how --data is whitened: name the data too.")
    }
    _ = try roles
  }

  /// The layers that were named.
  private var roles: [String: String] {
    get throws {
      var roles: [String: String] = [:]
      for layer in layers {
        let parts = layer.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, ModelImport.Options.isRole(parts[0]), roles[parts[0]] == nil else {
          throw ValidationError(
            "'--layer \(layer)': expected ROLE=NAME, each role once: trunk.0, trunk.1, …, mean.0, "
              + "…, log-scale.0, …, decoder.")
        }
        roles[parts[0]] = parts[1]
      }
      return roles
    }
  }

  func run() throws {
    let console = Console(isQuiet: compute.quiet)
    let url = URL(filePath: out)
    try RunFolder.checkIsFree(url)
    var options = ModelImport.Options()
    options.noiseScale = noiseScale
    options.prior = prior
    options.priorScale = priorScale
    options.posterior = posterior
    options.data = data
    options.whitening = whitening
    options.layers = try roles
    let model = try ModelImport(
      contentsOf: URL(filePath: file), options, team: compute.team)
    for note in model.notes { console.say("note: \(note)") }
    let folder = try model.write(to: url)
    console.say("imported \(model.summary)")
    console.say("wrote \(folder.url.relativePath)")
  }
}
