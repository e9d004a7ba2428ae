import Synchronization

/// Things chosen by name, in order: those that come with the package, then those that its users
/// register.
public final class Registry<Element: Sendable>: Sendable {
  private let entries: Mutex<[(name: String, element: Element)]>

  /// A registry that begins with the package's own.
  public init(_ entries: KeyValuePairs<String, Element>) {
    self.entries = Mutex(entries.map { (name: $0.key, element: $0.value) })
  }

  /// The names, in order.
  public var names: [String] { entries.withLock { $0.map(\.name) } }

  /// The elements, in order.
  public var elements: [Element] { entries.withLock { $0.map(\.element) } }

  /// The element of that name; nil where there is none.
  public subscript(name: String) -> Element? {
    entries.withLock { entries in entries.first { $0.name == name }?.element }
  }

  /// Adds an element, or replaces the one of that name.
  public func register(_ element: Element, as name: String) {
    entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.name == name }) {
        entries[index].element = element
      } else {
        entries.append((name, element))
      }
    }
  }
}
