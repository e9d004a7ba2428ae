import Compute
import Distributions
import Filters
import Foundation
import ImageData
import LatentVariableModels
import Learning
import RealModule
import Yams

/// A model that was trained elsewhere, to become a run: a PyTorch state dict as safetensors.
public struct ModelImport {
  /// What the file need not say, and what goes before what it says.
  public struct Options: Sendable {
    /// σ, in units of a pixel's standard deviation.
    public var noiseScale: Double?
    /// p(z); nil is the file's own or, where it says nothing, Laplace.
    public var prior: PriorFamily?
    /// s
    public var priorScale: Double?
    /// q(z | x); nil is the file's own, or Gaussian.
    public var posterior: PosteriorFamily?
    /// What the model was trained on; nil leaves patches as they come.
    public var data: String?
    /// How these data are whitened; nil is the default of their kind.
    public var whitening: Whitening?
    /// Layers by their roles: `trunk.0`, `mean.0`, `log-scale.0`, …, `decoder`.
    public var layers: [String: String] = [:]

    /// All from the file.
    public init() {}

    /// Whether `role` is one that a layer can have.
    public static func isRole(_ role: String) -> Bool { StateDictLayout.role(role) != nil }
  }

  /// The published SVAE's own defaults, for files that do not tell: Laplace(0, 1), σ = 1/e.
  static let published = (prior: PriorFamily.laplace, scale: 1.0, noiseLogScale: -1.0)

  /// As if the model had been trained here.
  public let configuration: SparseVAEConfiguration
  /// The model, to the bit.
  public let model: SparseVAE
  /// What is done to a patch before the model sees it.
  public let preprocessing: Preprocessing
  /// What was not in the file and was taken as usual, a sentence each.
  public private(set) var notes: [String] = []

  /// - Throws: a `RunError` or `ImageDataError` where the file is damaged, is not such a model, or
  ///   does not fit the data.
  public init(contentsOf file: URL, _ options: Options, team: ThreadTeam) throws {
    let dict = try StateDict(contentsOf: file)
    let own = try Self.ownDescription(dict)
    try Self.refuseAtoms(options.posterior ?? own?.configuration.model.posterior, dict)
    let layout = try StateDictLayout(of: dict, named: options.layers)
    let network = try ImportedNetwork(dict, layout)
    var notes =
      dict.prefix.isEmpty ? [] : ["names begin with \(dict.prefix), and were taken without it"]
    var configuration = own?.configuration ?? SparseVAEConfiguration()
    var data: DataSet?
    if let path = options.data {
      data = try Self.data(path, options.whitening, pixels: network.pixels, team: team)
    }
    if let data {
      configuration.data.source = options.data.map { URL(filePath: $0).standardizedFileURL.path }
      configuration.data.preparation = data.configuration
      preprocessing = data.preprocessing
    } else if let own {
      preprocessing = own.preprocessing
    } else {
      guard let (side, colour) = Self.squarePatch(of: network.pixels) else {
        throw dict.error(
          "takes patches of \(network.pixels) pixels, which are not square",
          remedy: "name data of their height and width with --data")
      }
      configuration.data.preparation.patchSize = side
      configuration.data.preparation.colour = colour
      preprocessing = .untreated(patchHeight: side, patchWidth: side, colour)
      notes.append(
        "no --data: patches are taken as they come, and svae evaluate without --data measures on "
          + "generated dead leaves, whitened")
    }
    try Instruments.requireMeasurable(preprocessing)

    configuration.model.latents = network.latents
    configuration.model.encoder = network.encoder
    if own == nil {
      configuration.model.constraint = .none
      // The published network's log scale has no bounds.
      configuration.model.logScaleRange = [-40, 20]
    }
    if let posterior = options.posterior { configuration.model.posterior = posterior }
    try Self.setDistributions(
      &configuration.model, dict, options, isOwn: own != nil, notes: &notes)
    try configuration.validate()

    var model = SparseVAE(
      try configuration.modelConfiguration(pixels: preprocessing.pixels), seed: 0)
    do {
      try model.load(network.tensors + Self.scales(configuration.model, dict, options))
    } catch {
      throw dict.error("\(error)", remedy: "expected a sparse coding VAE")
    }
    self.configuration = configuration
    self.model = model
    self.notes = notes
  }

  private static func refuseAtoms(_ posterior: PosteriorFamily?, _ dict: StateDict) throws {
    guard let posterior, posterior.hasAtom else { return }
    throw dict.error(
      "its posterior is \(posterior.rawValue)",
      remedy: "posteriors with exact zeros or counts are not imported: keep the run's folder")
  }

  /// Writes the run: its configuration and its model.
  ///
  /// - Throws: a `RunError` where something is there already, or nothing can be written.
  public func write(to url: URL) throws -> RunFolder {
    let folder = try RunFolder.create(at: url, configuration)
    try folder.save(model, configuration, preprocessing)
    return folder
  }

  /// "169 filters of 12 × 12 pixels; laplace prior of scale 1, noise of scale 0.368"
  public var summary: String {
    "\(model.configuration.latents) filters of \(preprocessing.patchText); "
      + "\(configuration.model.prior.rawValue) prior of scale "
      + String(
        format: "%.3g, noise of scale %.3g", model.priorScale, model.noiseVariance.squareRoot())
  }

  /// The configuration and treatment of data that `svae export` wrote beside the tensors; nil in
  /// files from elsewhere.
  private static func ownDescription(
    _ dict: StateDict
  ) throws -> (configuration: SparseVAEConfiguration, preprocessing: Preprocessing)? {
    guard let text = dict.metadata["configuration"], let words = dict.metadata["preprocessing"],
      let preprocessing = try? JSONDecoder().decode(Preprocessing.self, from: Data(words.utf8)),
      let settings = try? composedYAML(text, file: nil)
    else { return nil }
    var changes = SettingChanges<SparseVAEConfiguration>()
    try changes.add(settings, file: dict.file)
    return (changes.applied(to: SparseVAEConfiguration()), preprocessing)
  }

  /// The side of square patches of so many values, grey or in colour.
  private static func squarePatch(of values: Int) -> (side: Int, ColourMode)? {
    ColourMode.allCases.lazy.compactMap { colour in
      let side = Int((Double(values) / Double(colour.channels)).squareRoot().rounded())
      return colour.channels * side * side == values ? (side, colour) : nil
    }.first
  }

  /// The data, with patches of as many pixels as the network takes.
  private static func data(
    _ path: String, _ whitening: Whitening?, pixels: Int, team: ThreadTeam
  ) throws -> DataSet {
    var preparation = SparseVAEConfiguration.defaults(for: .cut).data.preparation
    preparation.whitening = whitening
    // For images that are patches themselves, their own size counts.
    let square = squarePatch(of: pixels)
    preparation.patchSize = square?.side ?? max(2, Int(Double(pixels).squareRoot().rounded()))
    preparation.colour = square.map(\.1) ?? .grey
    let source = try DataSource.open(path: path, reading: preparation.reading)
    if source.kind == .whole { preparation.rejectsVarianceBelow = nil }
    let data = try DataSet(source, preparation, team: team)
    guard data.preprocessing.pixels == pixels else {
      throw RunError(
        "\(path): has patches of \(data.preprocessing.patchText)",
        remedy: "the network takes \(pixels)")
    }
    return data
  }

  /// The prior and the noise: from the options, else from the file, else as published.
  private static func setDistributions(
    _ model: inout SparseVAEConfiguration.ModelSettings, _ dict: StateDict, _ options: Options,
    isOwn: Bool, notes: inout [String]
  ) throws {
    /// As the published model counts its priors, from 1.
    let families: [PriorFamily] = [.gaussian, .laplace, .cauchy, .horseshoe]
    if let prior = options.prior {
      // Another family has other numbers.
      if prior != model.prior { model.priorShape = nil }
      model.prior = prior
    } else if let number = dict.number("prior") {
      guard let index = Int(exactly: number), (1...families.count).contains(index) else {
        throw dict.error(
          "its prior is number \(number)",
          remedy: "known are 1 to \(families.count), "
            + families.map(\.rawValue).joined(separator: ", ") + "; choose one with --prior")
      }
      model.prior = families[index - 1]
    } else if !isOwn, let words = dict.metadata["prior"] {
      (model.prior, model.priorShape) = try dict.prior(words)
    } else if !isOwn {
      model.prior = published.prior
      notes.append("the file names no prior: laplace, as published (--prior)")
    }
    try setScales(&model, dict, options, isOwn: isOwn, notes: &notes)
  }
}
