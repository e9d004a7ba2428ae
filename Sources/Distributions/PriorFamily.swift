import Compute

/// The priors by name. A new one is a file with its type and a line here, or a call of `register`.
public enum Priors: RegisteredTypes {
  /// "prior"
  public static let noun = "prior"

  /// All of them, those of the package first.
  public static let all = Registry<any Prior.Type>([
    LaplacePrior.name: LaplacePrior.self,
    GaussianPrior.name: GaussianPrior.self,
    CauchyPrior.name: CauchyPrior.self,
    StudentTPrior.name: StudentTPrior.self,
    HorseshoePrior.name: HorseshoePrior.self,
    SmoothSpikeAndSlabPrior.name: SmoothSpikeAndSlabPrior.self,
    SpikeAndSlabPrior.name: SpikeAndSlabPrior.self,
    GaussianSpikeAndSlabPrior.name: GaussianSpikeAndSlabPrior.self,
    ThresholdedGaussianPrior.name: ThresholdedGaussianPrior.self,
    PoissonPrior.name: PoissonPrior.self,
  ])

  /// Makes a prior known by its name, so that configurations can choose it and saved runs load.
  public static func register(_ prior: any Prior.Type) { all.register(prior, as: prior.name) }
}

/// A prior's name, as options and configurations give it.
public typealias PriorFamily = RegisteredName<Priors>

extension PriorFamily {
  /// `LaplacePrior`
  public static var laplace: PriorFamily { LaplacePrior.family }
  /// `GaussianPrior`
  public static var gaussian: PriorFamily { GaussianPrior.family }
  /// `CauchyPrior`
  public static var cauchy: PriorFamily { CauchyPrior.family }
  /// `StudentTPrior`
  public static var studentT: PriorFamily { StudentTPrior.family }
  /// `HorseshoePrior`
  public static var horseshoe: PriorFamily { HorseshoePrior.family }
  /// `SmoothSpikeAndSlabPrior`
  public static var smoothSpikeAndSlab: PriorFamily { SmoothSpikeAndSlabPrior.family }
  /// `SpikeAndSlabPrior`
  public static var spikeAndSlab: PriorFamily { SpikeAndSlabPrior.family }
  /// `GaussianSpikeAndSlabPrior`
  public static var gaussianSpikeAndSlab: PriorFamily { GaussianSpikeAndSlabPrior.family }
  /// `ThresholdedGaussianPrior`
  public static var thresholdedGaussian: PriorFamily { ThresholdedGaussianPrior.family }
  /// `PoissonPrior`
  public static var poisson: PriorFamily { PoissonPrior.family }

  /// Whether single values, such as 0, have a probability of their own; false of unknown names.
  public var hasAtom: Bool { (try? type)?.hasAtom ?? false }

  /// The prior of this name with scale s.
  ///
  /// - Parameter shape: values of the prior's parameters, by name; those left out are standard.
  /// - Throws: a `ParameterError` where the name is unknown, or a value is not one of the prior's.
  public func prior(
    scale: Double, shape: [String: Double] = [:]
  ) throws(ParameterError) -> any Prior {
    let type = try type
    return type.init(
      scale: scale, shape: try type.parameters.values(shape, of: "the \(rawValue) prior"))
  }
}
