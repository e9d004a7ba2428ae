import Foundation
import Yams

/// A YAML text as nodes; nil where it is empty.
///
/// - Parameter file: for errors; nil for a text that comes with the program.
/// - Throws: a `RunError` with file and line where the text is not YAML; also where its aliases, of
///   which each may stand for many others, unfold to more than 100,000 values.
package func composedYAML(_ text: String, file: URL?) throws -> Node? {
  let node: Node?
  do {
    node = try Yams.compose(yaml: text)
  } catch let error as YamlError {
    throw RunError(file: file, "is not YAML: \(error)".trimmingCharacters(in: .newlines))
  }
  var remaining = 100_000
  guard node?.unfolds(within: &remaining) != false else {
    throw RunError(
      file: file, "unfolds to more than 100,000 values by its aliases",
      remedy: "write out the values that are meant")
  }
  return node
}

extension Node {
  /// Whether this and all that is in it are at most `remaining` nodes, which is what is left then.
  fileprivate func unfolds(within remaining: inout Int) -> Bool {
    remaining -= 1
    guard remaining >= 0 else { return false }
    switch self {
    case .mapping(let entries):
      return entries.allSatisfy {
        $0.key.unfolds(within: &remaining) && $0.value.unfolds(within: &remaining)
      }
    case .sequence(let nodes): return nodes.allSatisfy { $0.unfolds(within: &remaining) }
    default: return true
    }
  }
}
