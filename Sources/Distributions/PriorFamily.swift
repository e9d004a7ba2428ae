import Compute

/// The priors by name. A new one is a file with its type and a line here, or a call of `register`.
public enum Priors {
  public static let all = Registry<any Prior.Type>([
    LaplacePrior.name: LaplacePrior.self,
    GaussianPrior.name: GaussianPrior.self,
    CauchyPrior.name: CauchyPrior.self,
    StudentTPrior.name: StudentTPrior.self,
    HorseshoePrior.name: HorseshoePrior.self,
    SpikeAndSlabPrior.name: SpikeAndSlabPrior.self,
  ])

  /// Makes a prior known by its name, so that configurations can choose it and saved runs load.
  public static func register(_ prior: any Prior.Type) { all.register(prior, as: prior.name) }
}

/// A prior's name, as options and configurations give it.
public struct PriorFamily: RegisteredName {
  public let rawValue: String

  public init(name: String) { rawValue = name }

  public static var registered: [String] { Priors.all.names }

  public static let laplace = LaplacePrior.family
  public static let gaussian = GaussianPrior.family
  public static let cauchy = CauchyPrior.family
  public static let studentT = StudentTPrior.family
  public static let horseshoe = HorseshoePrior.family
  public static let spikeAndSlab = SpikeAndSlabPrior.family

  /// The type that does the mathematics.
  ///
  /// - Throws: a `ParameterError` that lists the priors there are where this name is unknown.
  public var type: any Prior.Type {
    get throws(ParameterError) {
      guard let type = Priors.all[rawValue] else {
        throw ParameterError(
          "unknown prior \(rawValue)", expected: Self.registered.joined(separator: ", "))
      }
      return type
    }
  }

  /// The prior of this name with scale s and standard shape.
  ///
  /// - Precondition: the name is registered, as those of `allCases` are.
  public func prior(scale: Double) -> any Prior {
    guard let type = Priors.all[rawValue] else {
      preconditionFailure("no prior is registered by the name \(rawValue)")
    }
    return type.init(scale: scale, shape: [:])
  }

  /// The prior of this name with scale s.
  ///
  /// - Parameter shape: values of the prior's parameters, by name; those left out are standard.
  /// - Throws: a `ParameterError` where the name is unknown, or a value is not one of the prior's.
  public func prior(
    scale: Double, shape: [String: Double]
  ) throws(ParameterError) -> any Prior {
    let type = try type
    return type.init(
      scale: scale, shape: try type.parameters.values(shape, of: "the \(rawValue) prior"))
  }
}
