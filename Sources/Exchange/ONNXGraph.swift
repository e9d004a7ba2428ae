import Compute
import Foundation
import LatentVariableModels
import Learning

/// A feed-forward network as ONNX describes it: nodes that turn named tensors into others.
///
/// Field numbers are those of `onnx.proto`. All numbers are float32; the first axis of inputs and
/// outputs is `batch`, of any length.
struct ONNXGraph {
  /// The least set of operators that has everything in use here.
  static let operatorSet = 13
  /// The version of the file format that came with it.
  private static let formatVersion = 7
  private static let float32 = 1

  private var graph = ProtobufWriter()
  private let documentation: String

  init(name: String, documentation: String) {
    self.documentation = documentation
    graph.text(2, name)
    graph.text(10, documentation)
  }

  /// A tensor that is known.
  mutating func constant(_ tensor: NamedTensor) {
    graph.message(5) { constant in
      for size in tensor.shape { constant.integer(1, size) }
      constant.integer(2, Self.float32)
      constant.text(8, tensor.name)
      constant.data(9, tensor.elements.withUnsafeBytes { Array($0) })
    }
  }

  mutating func constant(_ name: String, _ matrix: Matrix) {
    constant(
      NamedTensor(name: name, shape: [matrix.rows, matrix.columns], elements: matrix.elements))
  }

  mutating func constant(_ name: String, _ value: Float) {
    constant(NamedTensor(name: name, shape: [], elements: [value]))
  }

  /// A number, or list of numbers, that an operator is told.
  enum Attribute {
    case integer(Int)
    case integers([Int])
  }

  /// Computes `output` from `inputs`.
  ///
  /// - Parameter name: the operator's, such as `Gemm`.
  mutating func apply(
    _ name: String, _ inputs: [String], to output: String,
    _ attributes: [(name: String, value: Attribute)] = []
  ) {
    graph.message(1) { node in
      for input in inputs { node.text(1, input) }
      node.text(2, output)
      node.text(3, "\(name.lowercased())_\(output)")
      node.text(4, name)
      for attribute in attributes {
        node.message(5) { message in
          message.text(1, attribute.name)
          switch attribute.value {
          case .integer(let value):
            message.integer(3, value)
            message.integer(20, 2)
          case .integers(let values):
            for value in values { message.integer(8, value) }
            message.integer(20, 7)
          }
        }
      }
    }
  }

  /// `input`·Wᵀ + b, with weights as PyTorch's `nn.Linear` has them.
  mutating func linear(_ input: String, weight: String, bias: String, to output: String) {
    apply("Gemm", [input, weight, bias], to: output, [("transB", .integer(1))])
  }

  mutating func input(_ name: String, width: Int, documentation: String) {
    value(11, name, width, documentation)
  }

  mutating func output(_ name: String, width: Int, documentation: String) {
    value(12, name, width, documentation)
  }

  private mutating func value(_ field: Int, _ name: String, _ width: Int, _ documentation: String) {
    graph.message(field) { value in
      value.text(1, name)
      value.message(2) { type in
        type.message(1) { tensor in
          tensor.integer(1, Self.float32)
          tensor.message(2) { shape in
            shape.message(1) { $0.text(2, "batch") }
            shape.message(1) { $0.integer(1, width) }
          }
        }
      }
      value.text(3, documentation)
    }
  }

  /// The file's content.
  func encoded(metadata: [String: String]) -> Data {
    var model = ProtobufWriter()
    model.integer(1, Self.formatVersion)
    model.text(2, "svae")
    model.text(3, Software.version)
    model.text(6, documentation)
    model.data(7, graph.bytes)
    model.message(8) { set in
      set.text(1, "")
      set.integer(2, Self.operatorSet)
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      model.message(14) { entry in
        entry.text(1, key)
        entry.text(2, value)
      }
    }
    return Data(model.bytes)
  }
}
