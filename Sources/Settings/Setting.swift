/// One setting of a configuration: its name, what it means, what it may be, and where it is kept.
///
/// A configuration's settings are one ordered table. Validation, files, single settings of the
/// command line, help and the comments of `config.yaml` all come from it.
public struct Setting<Root>: Sendable {
  /// The name that files and command lines use: "training.epochs".
  public let key: String
  /// One line, without a full stop.
  public let meaning: String
  /// What a value that is not given is instead; nil where there always is one.
  public let ifNull: String?

  private let range: @Sendable () -> String
  private let words: @Sendable () -> [String]
  private let get: @Sendable (Root) -> SettingForm
  private let parse: @Sendable (SettingForm) throws(SettingFault) -> Change
  private let isInRange: @Sendable (Root) -> Bool

  /// What gives a configuration's setting a value.
  public typealias Change = @Sendable (inout Root) -> Void

  /// What it may be: "from 1 to 65,536", "true or false", "laplace, gaussian".
  public var expected: String { range() }

  /// The words that it is one of; empty where they are not few.
  public var choices: [String] { words() }

  /// Its value in a configuration.
  public func form(in root: Root) -> SettingForm { get(root) }

  /// What gives it the value that a form stands for.
  public func change(to form: SettingForm) throws(SettingFault) -> Change { try parse(form) }

  /// - Throws: a `SettingError` where its value is out of range.
  public func validate(_ root: Root) throws(SettingError) {
    if !isInRange(root) { throw SettingError(key, form(in: root), expected: expected) }
  }
}

extension Setting {
  /// A setting that always has a value.
  public init<Value: SettingValue>(
    _ key: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ meaning: String,
    in range: SettingRange<Value> = .any
  ) {
    self.init(key, path, meaning, nil, range)
  }

  /// A setting that follows from others or from the data where it is nil.
  ///
  /// - Parameter ifNull: what counts then: "all in memory".
  public init<Value: SettingValue>(
    _ key: String, _ path: WritableKeyPath<Root, Value?> & Sendable, _ meaning: String,
    in range: SettingRange<Value> = .any, ifNull: String
  ) {
    self.init(key, path, meaning, ifNull, range.optional)
  }

  private init<Value: SettingValue>(
    _ key: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ meaning: String,
    _ ifNull: String?, _ range: SettingRange<Value>
  ) {
    self.init(
      key: key, meaning: meaning, ifNull: ifNull,
      range: { range.text ?? range.choices?().joined(separator: ", ") ?? Value.expected },
      words: { range.choices?() ?? Value.choices },
      get: { $0[keyPath: path].form },
      parse: { form throws(SettingFault) in
        let value = try Value(form)
        return { $0[keyPath: path] = $0[keyPath: path].overlaid(with: value) }
      },
      isInRange: { range.contains($0[keyPath: path]) })
  }

  /// The same setting of what holds the configuration as a part.
  public func within<Whole>(
    _ part: WritableKeyPath<Whole, Root> & Sendable
  ) -> Setting<Whole> {
    let (get, parse, isInRange) = (get, parse, isInRange)
    return Setting<Whole>(
      key: key, meaning: meaning, ifNull: ifNull, range: range, words: words,
      get: { get($0[keyPath: part]) },
      parse: { form throws(SettingFault) in
        let change = try parse(form)
        return { change(&$0[keyPath: part]) }
      },
      isInRange: { isInRange($0[keyPath: part]) })
  }
}

/// A setting that is out of its range, or at odds with others.
public struct SettingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// "training.epochs is 0"
  public let problem: String
  /// "from 1 to 1,000,000"
  public let expected: String

  /// A setting that has a wrong value.
  public init(_ key: String, _ value: SettingForm, expected: String) {
    problem = "\(key) is \(value.yaml)"
    self.expected = expected
  }

  /// Another fault, such as settings at odds.
  public init(_ problem: String, expected: String) {
    self.problem = problem
    self.expected = expected
  }

  /// "training.epochs is 0; expected from 1 to 1,000,000"
  public var description: String { "\(problem); expected \(expected)" }
}

extension Sequence {
  /// - Throws: a `SettingError` for the first setting out of its range.
  public func validate<Root>(_ root: Root) throws(SettingError) where Element == Setting<Root> {
    for setting in self { try setting.validate(root) }
  }
}
