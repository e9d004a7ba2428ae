/// One dense layer of an encoder or a decoder: where it reads, where it writes, what it is called.
public struct DenseLayerPlan: Sendable {
  /// The first unit of some among the activations: stage 0 is what the stack is given, stage s what
  /// its s-th layers made, side by side.
  public typealias Place = (stage: Int, unit: Int)

  /// A layer as others know it: its name and number of outputs.
  public struct Part: Hashable, Sendable {
    /// Its weights are the tensors `name.weight` and `name.bias`.
    public let name: String
    /// Number of outputs.
    public let outputs: Int

    /// - Parameter name: the same in two layers where they share their weights.
    public init(name: String, outputs: Int) {
      (self.name, self.outputs) = (name, outputs)
    }
  }

  /// Number of inputs.
  public let inputs: Int
  /// Where it reads.
  public let input: Place
  /// Where it writes.
  public let output: Place
  /// Whether the outputs pass through max(0, ·).
  public let rectified: Bool
  /// The layers that read the same input, side by side in this one.
  public let parts: [Part]
  /// Whether the weights are filters, one for each input: these lie in rows, begin at unit norm in
  /// random directions, and are held by a constraint. Others begin uniform on ±1/√inputs.
  public let hasFilters: Bool

  /// A layer of as many outputs as its parts have.
  public init(
    inputs: Int, input: Place, output: Place, rectified: Bool, parts: [Part],
    hasFilters: Bool = false
  ) {
    (self.inputs, self.input, self.output) = (inputs, input, output)
    (self.rectified, self.parts, self.hasFilters) = (rectified, parts, hasFilters)
  }

  /// Number of outputs, of all parts.
  public var outputs: Int { parts.reduce(0) { $0 + $1.outputs } }
}
