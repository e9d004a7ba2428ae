import ArgumentParser
import Learning

struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Infer the latents of patches.",
    discussion: """
      svae encode runs/photos-1 --input x.npy --out z.npy
      svae encode runs/photos-1 --input x.npy --out z.npy --refine 5
      svae encode runs/counts --input x.npy --out z.npy --code mode
      svae encode runs/photos-1 --input - --out - < x.npy > z.npy

      Reads patches, one a row, and writes the means of their latents' posteriors, [patches, \
      latents]. Patches stream through: there may be any number. With --refine the encoder's \
      answer is only the start: a solver improves it for the model's decoder, prior and noise.

      --code mode writes the most probable codes: of a spike-and-slab or thresholded posterior exact \
      zeros, of a poisson posterior whole counts (times the spike size); other posteriors' are their \
      means. With --code sample, and another --seed each time, rows are drawn from the posteriors, of a \
      structured one with its covariance, with zeros and counts where posteriors have such.

      Variances are e^2ℓ, twice that of a laplace posterior.
      """)

  @Flag(help: "The patches are whitened and scaled already, as the training data was.")
  var treated = false

  @Flag(help: "Write the posteriors' log scales as well, after the means: [patches, 2·latents].")
  var logScales = false

  @Option(
    help: ArgumentHelp(
      """
      Take so many steps from the means towards the codes of greatest posterior probability: \
      sweeps of coordinate descent with λ = σ²/s under a Laplace prior, else conjugate gradients.
      """, valueName: "steps"))
  var refine = 0

  @Flag(
    help: """
      Write each patch's contrast as well, in two last columns: mean and standard deviation of its \
      logarithm.
      """)
  var contrast = false

  @Option(help: "What of each posterior is written.")
  var code: PosteriorCode?

  @Flag(help: "The same as --code sample.")
  var sample = false

  @Option(help: "Seed of the samples.")
  var seed: UInt64 = 1

  @OptionGroup var stream: StreamOptions

  mutating func validate() throws {
    if sample, code != nil, code != .sample {
      throw ValidationError("--sample and --code ask for two codes of a patch: give one of them.")
    }
    if refine > 0, chosen != .mean {
      throw ValidationError(
        "--\(sample ? "sample" : "code \(chosen.rawValue)") and --refine ask for two codes of a patch: "
          + "give one of them.")
    }
    if !(0...100_000).contains(refine) {
      throw ValidationError("'--refine \(refine)': expected a number from 0 to 100,000.")
    }
  }

  private var chosen: PosteriorCode { sample ? .sample : code ?? .mean }

  func run() throws {
    try stream.run("patches") { run, arrays, team in
      var form = CodeForm()
      form.logScales = logScales
      form.refinement = refine
      form.contrast = contrast
      form.seed = chosen == .sample ? seed : nil
      form.isMode = chosen == .mode
      guard form != CodeForm() else {
        return try run.encode(arrays, treated: treated, team: team)
      }
      // A run of another method is refused by its folder.
      let run = try run as? TrainedRun<SparseVAEConfiguration> ?? TrainedRun(run.folder)
      return try run.encode(arrays, treated: treated, form, team: team)
    }
  }
}

/// What is written of a patch's posterior.
enum PosteriorCode: String, CaseIterable, ExpressibleByArgument {
  case mean, mode, sample
}
