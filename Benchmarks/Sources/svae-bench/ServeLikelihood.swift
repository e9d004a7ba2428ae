import ArgumentParser
import Compute
import Distributions
import Evaluation
import Foundation

/// `svae-bench serve-likelihood`: one of the runners that `peers/compare.py` lets run in turn.
struct ServeLikelihood: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve-likelihood",
    abstract: "Answers lines \"temperatures file\" with seconds; log p(x) goes into the file.",
    shouldDisplay: false)

  @Option(help: "Number of threads.")
  var threads = 1

  @Argument(help: "Where filters and patches are written.", completion: .directory)
  var folder: String

  /// Patches that the model itself makes.
  private static let patches = 32

  func run() throws {
    let team = ThreadTeam(count: threads)
    let prior = LaplacePrior(scale: 1)
    let filters = NoiseFilters.white(filters: 169, pixels: 144, seed: 1).unitRows
    let decoder = LinearGaussianDecoder(
      filters: filters, bias: [Float](repeating: 0, count: 144),
      noiseVariance: Foundation.exp(-4))
    var random = RandomStream(seed: 2, purpose: .evaluation)
    var codes = Matrix(rows: Self.patches, columns: 169)
    for index in codes.elements.indices { codes.elements[index] = Float(random.laplace()) }
    var patches = decoder.decode(codes)
    for index in patches.elements.indices {
      patches.elements[index] += Float(decoder.noiseVariance.squareRoot() * random.normal())
    }
    let url = URL(filePath: folder)
    try filters.write(to: url.appending(path: "filters.f32"))
    try patches.write(to: url.appending(path: "patches.f32"))
    answer("ready")
    while let line = readLine() {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2, let temperatures = Int(words[0]) else {
        throw ValidationError("\"\(line)\": expected a number of temperatures and a file")
      }
      var sampling = AnnealedImportanceSampling()
      sampling.temperatures = temperatures
      let clock = ContinuousClock()
      let start = clock.now
      let found = sampling.estimates(of: patches, decoder: decoder, prior: prior, team: team)
      let seconds = (clock.now - start) / .seconds(1)
      try Matrix(
        rows: Self.patches, columns: 1, elements: found.map { Float($0.logLikelihood) }
      ).write(to: URL(filePath: words[1]))
      answer("\(seconds)")
    }
  }
}
