import Foundation
import Learning
import Yams

/// A mapping in a study's file, with errors that name file and line.
struct Fields {
  private let mapping: Node.Mapping
  private let file: URL?

  /// - Parameter known: the keys that may stand here; nil for any.
  init(_ node: Node, known: Set<String>?, of what: String, file: URL?) throws {
    self.file = file
    guard let mapping = node.mapping else {
      throw RunError(
        file: file, Self.place(node) + "expected \(what) with \(Self.list(known ?? []))")
    }
    self.mapping = mapping
    for key in mapping.keys {
      if let known, !known.contains(key.string ?? "") {
        throw RunError(
          file: file, Self.place(key) + "\(key.string ?? "?") is no key of \(what)",
          remedy: "expected one of \(Self.list(known))")
      }
    }
  }

  /// "line 3: "
  var place: String { mapping.mark.map { "line \($0.line): " } ?? "" }

  /// All keys.
  var names: String { mapping.keys.compactMap(\.string).joined(separator: ", ") }

  func node(_ key: String) -> Node? { mapping[Node(key)] }

  func string(_ key: String) throws -> String? {
    try node(key).map { node in
      guard let text = node.string else { throw wrong(key, node, "a text") }
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  func sequence(_ key: String) throws -> [Node] {
    guard let node = node(key) else { return [] }
    guard let sequence = node.sequence else { throw wrong(key, node, "a list") }
    return Array(sequence)
  }

  func strings(_ key: String) throws -> [String]? {
    if node(key) == nil { return nil }
    return try sequence(key).map { node in
      guard let text = node.string else { throw wrong(key, node, "a list of names") }
      return text
    }
  }

  /// `seeds`, given as their number or as a list; nil where there are none.
  var seeds: [UInt64]? {
    get throws {
      guard let node = node("seeds") else { return nil }
      if let count = node.int, (1...10_000).contains(count) {
        return (1...UInt64(count)).map { $0 }
      }
      let list = node.sequence.map { $0.compactMap { $0.int.flatMap(UInt64.init(exactly:)) } }
      guard let list, !list.isEmpty, list.count == node.sequence?.count,
        Set(list).count == list.count
      else { throw wrong("seeds", node, "their number, or a list of different whole numbers") }
      return list
    }
  }

  private func wrong(_ key: String, _ node: Node, _ expected: String) -> RunError {
    RunError(file: file, Self.place(node) + key, remedy: "expected \(expected)")
  }

  private static func place(_ node: Node) -> String {
    node.mark.map { "line \($0.line): " } ?? ""
  }

  private static func list(_ keys: Set<String>) -> String { keys.sorted().joined(separator: ", ") }
}
