/// A dense layer among a model's parameters: W `[inputs, outputs]` and b `[outputs]`.
///
/// Like a `Buffer` this is a plain value: places in the one flat array of all parameters, which an
/// engine keeps together with its gradient and Adam's moments.
public struct DenseWeights: Hashable, Sendable {
  /// How W lies in memory.
  public enum Storage: Hashable, Sendable {
    /// Panels of 32 outputs, as the kernels read them.
    case panels
    /// Rows of `outputs` numbers, `stride` apart, one for each input: filters, which constraints
    /// hold one by one. Engines whose kernels want panels keep a packed copy, number `copy`.
    case rows(stride: Int, copy: Int)
  }

  /// Number of inputs.
  public let inputs: Int
  /// Number of outputs.
  public let outputs: Int
  /// The place of W's first number.
  public let weights: Int
  /// The place of b's first number.
  public let bias: Int
  /// How W lies in memory.
  public let storage: Storage

  package init(inputs: Int, outputs: Int, weights: Int, bias: Int, storage: Storage) {
    (self.inputs, self.outputs) = (inputs, outputs)
    (self.weights, self.bias, self.storage) = (weights, bias, storage)
  }

  /// All numbers of W, padding included.
  package var weightPlaces: Range<Int> {
    switch storage {
    case .panels: weights..<weights + inputs * DenseLayout.padded(outputs)
    case .rows(let stride, _): weights..<weights + inputs * stride
    }
  }

  /// All numbers of b, padding included.
  package var biasPlaces: Range<Int> { bias..<bias + DenseLayout.padded(outputs) }
}

/// What becomes of a weight's gradient.
public struct WeightUse: Hashable, Sendable {
  /// Whether a gradient is stored already, of an earlier chunk or sample, to be added to.
  public let adds: Bool
  /// Whether Adam moves the weights along it at once, and it is not stored: only for weights that
  /// are used once, and read no more in this step.
  public let moves: Bool

  /// Stores the gradient, or adds it to what is stored.
  public static func store(adding: Bool) -> WeightUse { WeightUse(adds: adding, moves: false) }

  /// Adam along the gradient and, where `adding`, what is stored of it.
  public static func adam(adding: Bool) -> WeightUse { WeightUse(adds: adding, moves: true) }
}
