import Compute
import Foundation

/// Runs the few operators of ONNX that are exported, straight from the file, in Double.
struct ONNXInterpreter {
  struct Tensor {
    var shape: [Int]
    var elements: [Double]
  }

  struct Failure: Error {
    var reason: String
  }

  let operatorSet: Int
  let formatVersion: Int
  let inputs: [String: [String]]
  let outputs: [String: [String]]
  let documentation: [String]
  private let nodes: [ProtobufReader]
  private var constants: [String: Tensor] = [:]

  init(_ data: Data) throws {
    guard let model = ProtobufReader(data), let graph = model.messages(7).first,
      let version = model.messages(8).first?.integers(2).first,
      let format = model.integers(1).first
    else { throw Failure(reason: "no model") }
    (operatorSet, formatVersion) = (version, format)
    nodes = graph.messages(1)
    /// Names and axes: a length, or the name of one that may vary.
    func values(_ field: Int) -> [String: [String]] {
      Dictionary(
        uniqueKeysWithValues: graph.messages(field).map { value in
          let tensor = value.messages(2).first?.messages(1).first
          let axes = tensor?.messages(2).first?.messages(1) ?? []
          return (
            value.texts(1).first ?? "",
            axes.map { $0.texts(2).first ?? "\($0.integers(1).first ?? -1)" }
          )
        })
    }
    (inputs, outputs) = (values(11), values(12))
    documentation =
      model.texts(6) + graph.texts(10)
      + (graph.messages(11) + graph.messages(12)).map { $0.texts(3).first ?? "" }
    for constant in graph.messages(5) {
      guard constant.integers(2) == [1], let name = constant.texts(8).first,
        let raw = constant.data(9).first
      else { throw Failure(reason: "a constant that is not float32") }
      let elements = stride(from: 0, to: raw.count, by: 4).map { start in
        Double(
          Float(
            bitPattern: raw[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }))
      }
      let shape = constant.integers(1)
      guard elements.count == shape.reduce(1, *) else { throw Failure(reason: "size of \(name)") }
      constants[name] = Tensor(shape: shape, elements: elements)
    }
  }

  /// The tensor `output` for rows of the only input.
  func run(_ rows: Matrix, output: String) throws -> [Double] {
    guard let input = inputs.keys.first, inputs.count == 1 else {
      throw Failure(reason: "inputs \(inputs)")
    }
    var known = constants
    known[input] = Tensor(
      shape: [rows.rows, rows.columns], elements: rows.elements.map(Double.init))
    for node in nodes {
      let arguments = try node.texts(1).map { name in
        guard let tensor = known[name] else { throw Failure(reason: "\(name) is not known yet") }
        return tensor
      }
      guard let name = node.texts(2).first else { throw Failure(reason: "a node without output") }
      known[name] = try apply(node, arguments)
    }
    guard let result = known[output] else { throw Failure(reason: "no output \(output)") }
    return result.elements
  }

  private func apply(_ node: ProtobufReader, _ inputs: [Tensor]) throws -> Tensor {
    let attributes = Dictionary(
      uniqueKeysWithValues: node.messages(5).map { ($0.texts(1).first ?? "", $0) })
    let (rows, columns) = (inputs[0].shape[0], inputs[0].shape[1])
    func elementwise(_ value: (Double, Int) -> Double) -> Tensor {
      Tensor(
        shape: inputs[0].shape,
        elements: inputs[0].elements.enumerated().map { value($0.element, $0.offset) })
    }
    /// The second input's element beside element `index` of the first, by broadcasting.
    func second(_ index: Int) -> Double {
      switch inputs[1].shape {
      case []: inputs[1].elements[0]
      case inputs[0].shape: inputs[1].elements[index]
      case [rows, 1]: inputs[1].elements[index / columns]
      default: inputs[1].elements[index % columns]
      }
    }
    switch node.texts(4).first {
    case "Relu": return elementwise { value, _ in max(0, value) }
    case "Exp": return elementwise { value, _ in exp(value) }
    case "Erf": return elementwise { value, _ in erf(value) }
    case "Neg": return elementwise { value, _ in -value }
    case "Sigmoid": return elementwise { value, _ in 1 / (1 + exp(-value)) }
    case "Add": return elementwise { $0 + second($1) }
    case "Sub": return elementwise { $0 - second($1) }
    case "Mul": return elementwise { $0 * second($1) }
    case "Clip":
      return elementwise { value, _ in
        min(max(value, inputs[1].elements[0]), inputs[2].elements[0])
      }
    case "ReduceMean":
      guard attributes["axes"]?.integers(8) == [1], attributes["keepdims"]?.integers(3) == [1]
      else { throw Failure(reason: "ReduceMean over other axes") }
      let means = (0..<rows).map { row in
        inputs[0].elements[row * columns..<(row + 1) * columns].reduce(0, +) / Double(columns)
      }
      return Tensor(shape: [rows, 1], elements: means)
    case "Gemm":
      guard attributes["transB"]?.integers(3) == [1], inputs[1].shape[1] == columns else {
        throw Failure(reason: "Gemm of \(inputs.map(\.shape))")
      }
      let outputs = inputs[1].shape[0]
      var result = Tensor(shape: [rows, outputs], elements: [])
      for row in 0..<rows {
        for output in 0..<outputs {
          var sum = inputs.count > 2 ? inputs[2].elements[output] : 0
          for column in 0..<columns {
            sum +=
              inputs[0].elements[row * columns + column]
              * inputs[1].elements[output * columns + column]
          }
          result.elements.append(sum)
        }
      }
      return result
    default: throw Failure(reason: "operator \(node.texts(4))")
    }
  }
}
