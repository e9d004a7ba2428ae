/// A number, beside its name, of something that is chosen by name: ν of Student's t, say.
public struct Parameter: Hashable, Sendable {
  /// As configurations give it, such as "degreesOfFreedom".
  public let name: String
  /// What the number is, for people.
  public let meaning: String
  /// The value where none is given.
  public let standard: Double
  /// The values that it can take; for a flag, 0 (no) and 1 (yes).
  public let range: ClosedRange<Double>

  /// A number in a range, and its value where none is given.
  public init(
    _ name: String, _ meaning: String, standard: Double, range: ClosedRange<Double>
  ) {
    (self.name, self.meaning, self.standard, self.range) = (name, meaning, standard, range)
  }

  /// A parameter that is either 0 (no) or 1 (yes).
  public static func flag(_ name: String, _ meaning: String, standard: Bool) -> Parameter {
    Parameter(name, meaning, standard: standard ? 1 : 0, range: 0...1)
  }
}

/// Why values do not fit the parameters that they are for.
public struct ParameterError: Error, CustomStringConvertible, Hashable {
  /// The parameter's name; nil where the choice itself is unknown.
  public let parameter: String?
  /// What is wrong.
  public let problem: String
  /// What would be right.
  public let expected: String

  /// What is wrong with a parameter or, where that is nil, with the choice itself.
  public init(_ problem: String, expected: String, parameter: String? = nil) {
    (self.parameter, self.problem, self.expected) = (parameter, problem, expected)
  }

  public var description: String { "\(problem); expected \(expected)" }
}

extension [Parameter] {
  /// A value for each parameter: the one given or, where there is none, the standard.
  ///
  /// - Parameters:
  ///   - given: values by the parameters' names.
  ///   - owner: whose parameters they are, for errors: "the student-t prior".
  /// - Throws: a `ParameterError` where a name is unknown or a value is out of its range.
  public func values(
    _ given: [String: Double], of owner: String
  ) throws(ParameterError) -> [String: Double] {
    for name in given.keys.sorted() where !contains(where: { $0.name == name }) {
      throw ParameterError(
        "\(owner) has no number \(name)",
        expected: isEmpty ? "none" : map(\.name).joined(separator: ", "), parameter: name)
    }
    var values: [String: Double] = [:]
    for parameter in self {
      let value = given[parameter]
      guard parameter.range.contains(value) else {
        throw ParameterError(
          "\(parameter.name) of \(owner) is \(value)",
          expected: "\(parameter.range.lowerBound) to \(parameter.range.upperBound)",
          parameter: parameter.name)
      }
      values[parameter.name] = value
    }
    return values
  }
}

extension [String: Double] {
  /// A parameter's value among these: the one given or, where there is none, the standard.
  public subscript(parameter: Parameter) -> Double { self[parameter.name] ?? parameter.standard }
}
