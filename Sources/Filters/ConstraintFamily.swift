import Compute

/// The constraints by name. A new one is a file with its type and a line here, or a call of
/// `register`.
public enum Constraints {
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
public struct ConstraintFamily: RegisteredName {
  public let rawValue: String

  public init(name: String) { rawValue = name }

  public static var registered: [String] { Constraints.all.names }

  public static let unitNorm = UnitNorm.family
  public static let none = Unconstrained.family
  public static let unitBall = UnitBall.family
  public static let weightNormalization = WeightNormalization.family
  public static let varianceMatching = VarianceMatching.family

  /// The type that does the mathematics.
  ///
  /// - Throws: a `ParameterError` that lists the constraints there are where this name is unknown.
  public var type: any FilterConstraint.Type {
    get throws(ParameterError) {
      guard let type = Constraints.all[rawValue] else {
        throw ParameterError(
          "unknown constraint \(rawValue)", expected: Self.registered.joined(separator: ", "))
      }
      return type
    }
  }

  /// The constraint of this name.
  ///
  /// - Parameter settings: values by name; those that the constraint does not have are left aside,
  ///   those that it has and that are left out are standard.
  /// - Throws: a `ParameterError` where the name is unknown, or a value is out of its range.
  public func constraint(
    _ settings: [String: Double] = [:]
  ) throws(ParameterError) -> any FilterConstraint {
    let type = try type
    let own = settings.filter { name, _ in type.parameters.contains { $0.name == name } }
    return type.init(
      settings: try type.parameters.values(own, of: "the \(rawValue) constraint"))
  }
}

extension FilterConstraint {
  /// The name as configurations hold it.
  public static var family: ConstraintFamily { ConstraintFamily(name: name) }
}
