import Files
import Synchronization

/// What is worth knowing about data that is read all the same, such as bytes behind an array.
public enum DataNotice {
  private struct State {
    var handler: @Sendable (String) -> Void = { _ in }
    var said: Set<String> = []
  }

  private static let state = Mutex(State())

  /// Calls `handler` with every notice from now on, from any thread: "FILE: what is unusual". Each
  /// comes once, though a file is opened several times.
  public static func receive(by handler: @escaping @Sendable (String) -> Void) {
    state.withLock { $0 = State(handler: handler) }
  }

  static func say(_ text: String) {
    let handler = state.withLock { $0.said.insert(text).inserted ? $0.handler : nil }
    handler?(SystemPath.shown(text))
  }
}
