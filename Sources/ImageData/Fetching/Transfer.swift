import Files
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Receives what the server sends. The session calls from one thread at a time.
final class Transfer: NSObject, URLSessionDataDelegate {
  private struct State {
    var output: FileHandle?
    var received: Int
    var total: Int?
    var isResumed = false
    var problem: Download.Failure?
    var lastNews = Date()
    /// Where the present interval began in which the least rate is to be kept.
    var mark: (time: Date, received: Int)?
  }

  private let download: Download
  private let state: Mutex<State>
  private let finished = DispatchSemaphore(value: 0)

  init(_ download: Download, present: Int) {
    self.download = download
    state = Mutex(State(received: present))
  }

  /// Waits for the end; not for a server that says nothing at all, or hardly anything.
  func wait() throws(Download.Failure) -> Bool {
    let tick = min(download.patience, download.leastRate.seconds, 1)
    while finished.wait(timeout: .now() + tick) == .timedOut {
      let isGivenUp = state.withLock { state in
        let isSilent = Date().timeIntervalSince(state.lastNews) > download.patience + 1
        guard isSilent || isSlow(&state) else { return false }
        if state.problem == nil { state.problem = .ended(isSilent ? silent : slow) }
        return true
      }
      if isGivenUp { break }
    }
    let (problem, isResumed) = state.withLock { state in
      try? state.output?.close()
      state.output = nil
      return (state.problem, state.isResumed)
    }
    if let problem { throw problem }
    return isResumed
  }

  /// Whether too little came since the present interval began, which it ends where it is over.
  private func isSlow(_ state: inout State) -> Bool {
    let (now, rate) = (Date(), download.leastRate)
    guard let mark = state.mark else {
      state.mark = (now, state.received)
      return false
    }
    let seconds = now.timeIntervalSince(mark.time)
    guard seconds >= rate.seconds else { return false }
    state.mark = (now, state.received)
    return Double(state.received - mark.received) < rate.bytes * seconds
  }

  private var slow: ImageDataError {
    download.error(
      "sent less than \(Int(download.leastRate.bytes)) bytes a second",
      remedy: "run it again: it continues where it stopped; or name a mirror")
  }

  private var silent: ImageDataError {
    download.error(
      "sent nothing for \(Int(download.patience)) seconds",
      remedy: "run it again: it continues where it stopped")
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let isWelcome = state.withLock { state in
      state.lastNews = Date()
      do throws(Download.Failure) {
        try open(response, &state)
      } catch {
        state.problem = error
      }
      return state.problem == nil
    }
    completionHandler(isWelcome ? .allow : .cancel)
  }

  /// Judges the answer's head, and opens the file accordingly.
  private func open(_ response: URLResponse, _ state: inout State) throws(Download.Failure) {
    guard let answer = response as? HTTPURLResponse else {
      throw .ended(download.error("is not a web address", remedy: "expected http:// or https://"))
    }
    let length = answer.expectedContentLength > 0 ? Int(answer.expectedContentLength) : nil
    let range = answer.value(forHTTPHeaderField: "Content-Range") ?? ""
    switch answer.statusCode {
    case 200:
      state.received = 0
      state.total = length
    case 206:
      guard range.hasPrefix("bytes \(state.received)-") else {
        throw .startsOver(
          download.error(
            "sent another part (\(range)) than was asked for", remedy: "name a mirror"))
      }
      state.isResumed = true
      state.total = length.map { $0 + state.received }
    case 416:
      throw .startsOver(
        download.error("has no byte \(state.received)", remedy: "it is another file than expected"))
    default:
      throw .ended(
        download.error(
          "answers \(answer.statusCode)",
          remedy: "the file may have moved: name a mirror, or another address in a list of your own"
        ))
    }
    if let total = state.total, let problem = problem(ofSize: total) {
      throw state.isResumed ? .startsOver(problem) : .ended(problem)
    }
    try open(&state)
  }

  /// Opens the file to append to it where it is resumed, and empty where not.
  private func open(_ state: inout State) throws(Download.Failure) {
    let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (state.isResumed ? O_APPEND : O_TRUNC)
    let descriptor = Foundation.open(download.partial.path, flags, 0o666)
    guard descriptor >= 0 else {
      throw .ended(
        ImageDataError(
          file: download.partial, "cannot be written: \(systemFailure())",
          remedy: "choose a folder that you may write to"))
    }
    state.output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// What is wrong with a file of so many bytes.
  private func problem(ofSize total: Int) -> ImageDataError? {
    if let size = download.size {
      return total == size
        ? nil
        : download.error(
          "has \(total) bytes, not \(size)", remedy: "it is another file than expected")
    }
    return total <= download.largest ? nil : tooLarge
  }

  private var tooLarge: ImageDataError {
    download.error(
      "has more than \(download.largest) bytes, and the list does not say how many it should have",
      remedy: "state its size in a list of your own (--sources)")
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let (done, total, problem) = state.withLock { state in
      state.lastNews = Date()
      guard state.problem == nil else { return (state.received, state.total, true) }
      do {
        try state.output?.write(contentsOf: data)
        state.received += data.count
      } catch {
        state.problem = .ended(
          ImageDataError(
            file: download.partial, "cannot be written: \(error.localizedDescription)",
            remedy: "free some space, then run it again: it continues where it stopped"))
      }
      if state.received > download.size ?? download.largest {
        // It would be in the way of the right one.
        unlink(download.partial.path)
        state.problem = .ended(
          download.size.map {
            download.error(
              "sends more than \($0) bytes", remedy: "it is another file than expected")
          } ?? tooLarge)
      }
      return (state.received, state.total, state.problem != nil)
    }
    if problem { dataTask.cancel() } else { download.progress(done, total ?? download.size) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    state.withLock { state in
      guard state.problem == nil else { return }
      if let problem = problem(endingWith: error, state) { state.problem = .ended(problem) }
    }
    finished.signal()
  }

  /// What is wrong where the transfer ended here.
  private func problem(endingWith error: (any Error)?, _ state: State) -> ImageDataError? {
    if (error as? URLError)?.code == .timedOut { return silent }
    if let error, state.output == nil {
      return download.error(
        "cannot be reached: \(error.localizedDescription)",
        remedy: "check the connection, or name a mirror")
    }
    let expected = state.total ?? download.size
    if error == nil, expected == nil || expected == state.received { return nil }
    let words = expected.map { "\(state.received) of \($0) bytes" } ?? "\(state.received) bytes"
    return download.error(
      "broke off after \(words)"
        + (expected == nil ? error.map { ": \($0.localizedDescription)" } ?? "" : ""),
      remedy: "run it again: it continues where it stopped")
  }
}
