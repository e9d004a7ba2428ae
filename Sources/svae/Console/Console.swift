import Files
import Foundation

/// What people read while a command works goes to standard error; results go to standard output.
struct Console {
  let isQuiet: Bool

  /// A line for people.
  func say(_ text: String) {
    if !isQuiet { Self.write(text + "\n") }
  }

  /// A line for people that shows up even with `--quiet`.
  func warn(_ text: String) { Self.write(text + "\n") }

  /// Whether lines on standard error can be drawn over.
  static var isTerminal: Bool {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(kind)
  }

  /// Columns of the terminal on standard error; 80 where it does not tell.
  static var columns: Int {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  /// Draws a bar over the present line, no wider than the terminal: what wraps cannot be drawn over.
  ///
  /// - Parameters:
  ///   - fraction: from 0 to 1
  ///   - text: what stands behind the bar.
  static func draw(bar fraction: Double, _ text: String) {
    let room = max(0, columns - 1)
    let width = max(0, min(28, room - text.count - 1))
    let filled = min(width, Int(fraction * Double(width)))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    write("\r\u{1B}[K" + (width > 0 ? bar + " " : "") + text.prefix(room))
  }

  /// Writes as far as possible: where nobody reads any more, nothing ends.
  static func write(_ text: String) {
    var bytes = Array(SystemPath.shown(text).utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes {
        Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count)
      }
      if written > 0 {
        bytes = bytes.dropFirst(written)
      } else if written == 0 || errno != EINTR {
        return
      }
    }
  }

  /// Standard output and error that can be written to without harm, before anything is opened.
  ///
  /// A descriptor that was closed would be the next file's; a reader that has gone would end the
  /// program by a signal.
  static func secure() {
    signal(SIGPIPE, SIG_IGN)
    Interrupt.explainShrunkFiles()
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 {
      // Results that go nowhere are found out at the end: nothing can be written to this.
      _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes out what was printed.
  ///
  /// - Throws: where that fails, as on a full disk.
  static func flush() throws {
    guard fflush(nil) == 0 else {
      throw OutputError(reason: String(cString: strerror(errno)))
    }
  }

  private struct OutputError: Error, CustomStringConvertible {
    let reason: String
    var description: String { "standard output cannot be written: \(reason)" }
  }
}
