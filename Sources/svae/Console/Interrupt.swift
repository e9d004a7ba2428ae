import Foundation
import Synchronization

/// Ctrl-C and the like: the first asks for a stop at the next step, the second ends the program.
enum Interrupt {
  /// The signal that came, or 0.
  private static let received = Atomic<Int32>(0)

  /// Exit code of an interrupted command: 130 for Ctrl-C, 143 where it was told to end, 129 where its
  /// terminal has gone.
  static var exitCode: Int32 { 128 + received.load(ordering: .relaxed) }

  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  static func watch() {
    var watched = [SIGINT, SIGTERM]
    // Ignored where the program is to outlive its terminal: nohup.
    var hangup = sigaction()
    if sigaction(SIGHUP, nil, &hangup) == 0, !isIgnored(hangup) { watched.append(SIGHUP) }
    // A program that starts this one may have left them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in watched { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in watched {
      signal(number) { number in
        Interrupt.received.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  /// Large files are mapped: where another program cuts one short while it is read, the system sends
  /// this signal, after which nothing can go on.
  static func explainShrunkFiles() {
    signal(SIGBUS) { _ in
      let text: StaticString = "Error: a file was cut short by another program while it was read\n"
      _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      _exit(1)
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if os(Linux)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
