import Compute

/// The constraints by name. A new one is a file with its type and a line here, or a call of
/// `register`.
public enum Constraints: RegisteredTypes {
  /// "constraint"
  public static let noun = "constraint"

  /// All of them, those of the package first.
  public static let all = Registry<any FilterConstraint.Type>([
    UnitNorm.name: UnitNorm.self,
    Unconstrained.name: Unconstrained.self,
    UnitBall.name: UnitBall.self,
    WeightNormalization.name: WeightNormalization.self,
    VarianceMatching.name: VarianceMatching.self,
  ])

  /// Makes a constraint known by its name, so that configurations can choose it and saved runs
  /// load.
  public static func register(_ constraint: any FilterConstraint.Type) {
    all.register(constraint, as: constraint.name)
  }
}

/// A constraint's name, as options and configurations give it.
public typealias ConstraintFamily = RegisteredName<Constraints>

extension ConstraintFamily {
  /// `UnitNorm`
  public static var unitNorm: ConstraintFamily { UnitNorm.family }
  /// `Unconstrained`
  public static var none: ConstraintFamily { Unconstrained.family }
  /// `UnitBall`
  public static var unitBall: ConstraintFamily { UnitBall.family }
  /// `WeightNormalization`
  public static var weightNormalization: ConstraintFamily { WeightNormalization.family }

  /// The constraint of this name.
  ///
  /// - Parameters:
  ///   - settings: values of the constraint's parameters, by name.
  ///   - defaults: values in place of standard ones; those that the constraint does not have are
  ///     left aside.
  /// - Throws: a `ParameterError` where the name is unknown, or a value is not one of the
  ///   constraint's.
  public func constraint(
    _ settings: [String: Double] = [:], defaults: [String: Double] = [:]
  ) throws(ParameterError) -> any FilterConstraint {
    let type = try type
    let own = defaults.filter { name, _ in type.parameters.contains { $0.name == name } }
    return type.init(
      settings: try type.parameters.values(
        own.merging(settings) { $1 }, of: "the \(rawValue) constraint"))
  }
}

extension FilterConstraint {
  /// The name as configurations hold it.
  public static var family: ConstraintFamily { ConstraintFamily(name: name) }
}
