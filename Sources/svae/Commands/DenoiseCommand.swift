import ArgumentParser
import Foundation
import ImageData
import Learning

struct DenoiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "denoise",
    abstract: "Take white noise out of a picture with a trained model.",
    discussion: """
      Every patch gets the fewest filters that explain it to within the noise, in the model's \
      whitened space, with the noise as the whitening changes it; overlapping patches are \
      averaged. Levels are of 255. docs/Denoising.md has the method, and figures beside others.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "A picture, or an array [height, width]. Colours become grey, unless the run has colours.",
      valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp("Where to write: png, or npy for the numbers.", valueName: "file"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "The noise's standard deviation, in levels of 255. (default: estimated from the picture)",
      valueName: "levels"))
  var noiseSigma: Double?

  @Option(
    help: ArgumentHelp("The same picture without noise, to measure against.", valueName: "file"))
  var clean: String?

  @Option(help: ArgumentHelp("Pixels from one patch to the next.", valueName: "pixels"))
  var stride = 1

  @Option("data.largestImage", valueName: "megapixels")
  var largestImage: Given<DataConfiguration>?

  @Flag(help: "Take a picture of whatever scale, however unlike the training data's.")
  var anyScale = false

  @Flag(help: "Print one flat JSON object.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if let noiseSigma, !(noiseSigma > 0 && noiseSigma < 255) {
      throw ValidationError("'--noise-sigma \(noiseSigma)': expected levels between 0 and 255.")
    }
    if !(1...1024).contains(stride) {
      throw ValidationError("'--stride \(stride)': expected from 1 to 1024 pixels.")
    }
    if !["png", "npy"].contains(URL(filePath: out).pathExtension.lowercased()) {
      throw ValidationError("'--out \(out)': expected a name that ends in .png or .npy.")
    }
  }

  func run() throws {
    let trained = try TrainedRun<SparseVAEConfiguration>(RunFolder(existing: URL(filePath: folder)))
    var reading = DataConfiguration()
    largestImage?.change(&reading)
    reading.colour = trained.preprocessing.colourMode
    let (noisy, reference) = (
      try image(input, reading), try clean.map { try image($0, reading) }
    )
    if let reference, reference.size != noisy.size {
      throw ValidationError(
        "'--clean': is of \(reference.size) pixels, the noisy picture of \(noisy.size).")
    }
    let noise = noiseSigma.map { $0 / 255 } ?? noisy.estimatedNoise
    guard noise > 0 else {
      throw ValidationError("\(input) has no noise that can be seen: name it by --noise-sigma.")
    }
    let team = compute.team
    var denoiser = try ImageDenoiser(trained, noise: noise, stride: stride, team: team)
    denoiser.takesAnyScale = anyScale
    let bar = ProgressBar(isQuiet: compute.quiet, unit: "patches")
    let result = try denoiser.denoised(noisy, title: input) { done, total in
      bar.update(done, of: total)
    }
    bar.clear()
    let console = Console(isQuiet: compute.quiet)
    result.warning.map(console.warn)
    try result.image.write(to: URL(filePath: out))

    let summary = DenoisingSummary(
      noiseSigma: 255 * noise, noiseIsEstimated: noiseSigma == nil,
      noisyPSNR: reference?.peakSignalToNoise(against: noisy),
      psnr: reference?.peakSignalToNoise(against: result.image), patches: result.patches,
      seconds: result.seconds)
    if json {
      print(try summary.json())
    } else {
      print(summary.line)
    }
    console.say("wrote \(out)")
  }

  private func image(_ path: String, _ reading: DataConfiguration) throws -> RasterImage {
    try RasterImage(
      contentsOf: URL(filePath: path), colour: reading.colour, largestImage: reading.largestImage)
  }
}
