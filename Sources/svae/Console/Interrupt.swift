import Foundation
import Synchronization

/// Ctrl-C and the like: the first asks for a stop at the next step, the second ends the program.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  /// Exit code of an interrupted command.
  static let exitCode: Int32 = 130

  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  static func watch() {
    // A program that starts this one may have left them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { received in
        Interrupt.flag.store(true, ordering: .relaxed)
        signal(received, SIG_DFL)
      }
    }
  }
}
