/// One dense layer of an encoder or a decoder: where it reads, where it writes, what it is called.
public struct DenseLayerPlan: Sendable {
  /// A place among the activations: stage 0 is what the stack is given, stage s what its s-th layers
  /// made, side by side.
  public struct Place: Hashable, Sendable {
    public let stage: Int
    /// The first unit.
    public let unit: Int

    public init(stage: Int, unit: Int) {
      self.stage = stage
      self.unit = unit
    }
  }

  /// A layer as others know it: its name and number of outputs.
  public struct Part: Hashable, Sendable {
    public let name: String
    public let outputs: Int

    public init(name: String, outputs: Int) {
      self.name = name
      self.outputs = outputs
    }
  }

  /// Number of inputs.
  public let inputs: Int
  public let input: Place
  public let output: Place
  /// Whether the outputs pass through max(0, ·).
  public let rectified: Bool
  /// The layers that read the same input, side by side in this one.
  public let parts: [Part]
  /// Whether the weights are filters, one for each input: these lie in rows, begin at unit norm in
  /// random directions, and are held by a constraint. Others begin uniform on ±1/√inputs.
  public let hasFilters: Bool

  public init(
    inputs: Int, input: Place, output: Place, rectified: Bool, parts: [Part],
    hasFilters: Bool = false
  ) {
    self.inputs = inputs
    self.input = input
    self.output = output
    self.rectified = rectified
    self.parts = parts
    self.hasFilters = hasFilters
  }

  /// Number of outputs, of all parts.
  public var outputs: Int { parts.reduce(0) { $0 + $1.outputs } }
}
