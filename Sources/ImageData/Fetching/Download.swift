import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Brings one address into a file, going on where an earlier attempt broke off.
struct Download {
  let address: URL
  /// What has arrived so far; it stays where the download breaks off.
  let partial: URL
  /// Bytes that the whole file must have; nil where that is not known.
  let size: Int?
  /// Seconds without a byte, after which the server counts as silent.
  var patience: Double = 30
  let progress: @Sendable (_ done: Int, _ total: Int?) -> Void

  /// - Returns: whether bytes of an earlier attempt were kept.
  /// - Throws: where the server cannot be reached, refuses, falls silent, ends too early, or has a
  ///   file of another size.
  func run() throws(ImageDataError) -> Bool {
    let present = fileSize(partial) ?? 0
    if let size, present == size { return true }
    var request = URLRequest(url: address, timeoutInterval: patience)
    // What is compressed on the way has no bytes to go on from.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if present > 0 { request.setValue("bytes=\(present)-", forHTTPHeaderField: "Range") }
    let transfer = Transfer(self, present: present)
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = patience
    let session = URLSession(configuration: configuration, delegate: transfer, delegateQueue: nil)
    session.dataTask(with: request).resume()
    defer { session.invalidateAndCancel() }
    return try transfer.wait(patience: patience)
  }

  fileprivate func error(_ problem: String, remedy: String) -> ImageDataError {
    ImageDataError("\(address.absoluteString): \(problem)", remedy: remedy)
  }
}

/// Receives what the server sends. The session calls from one thread at a time.
private final class Transfer: NSObject, URLSessionDataDelegate {
  private struct State {
    var output: FileHandle?
    var received: Int
    var total: Int?
    var isResumed = false
    var problem: ImageDataError?
    var lastNews = Date()
  }

  private let download: Download
  private let state: Mutex<State>
  private let finished = DispatchSemaphore(value: 0)

  init(_ download: Download, present: Int) {
    self.download = download
    state = Mutex(State(received: present))
  }

  /// Waits for the end; also for a server that says nothing at all.
  func wait(patience: Double) throws(ImageDataError) -> Bool {
    while finished.wait(timeout: .now() + min(patience, 1)) == .timedOut {
      let silence = state.withLock { Date().timeIntervalSince($0.lastNews) }
      if silence > patience + 1 {
        state.withLock { state in
          if state.problem == nil { state.problem = silent }
        }
        break
      }
    }
    let (problem, isResumed) = state.withLock { state in
      try? state.output?.close()
      state.output = nil
      return (state.problem, state.isResumed)
    }
    if let problem { throw problem }
    return isResumed
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
      state.problem = open(response, &state)
      return state.problem == nil
    }
    completionHandler(isWelcome ? .allow : .cancel)
  }

  /// Judges the answer's head, and opens the file accordingly.
  private func open(_ response: URLResponse, _ state: inout State) -> ImageDataError? {
    guard let answer = response as? HTTPURLResponse else {
      return download.error("is not a web address", remedy: "expected http:// or https://")
    }
    let length = answer.expectedContentLength > 0 ? Int(answer.expectedContentLength) : nil
    switch answer.statusCode {
    case 200:
      state.received = 0
      state.total = length
    case 206:
      let range = answer.value(forHTTPHeaderField: "Content-Range") ?? ""
      guard range.hasPrefix("bytes \(state.received)-") else {
        try? FileManager.default.removeItem(at: download.partial)
        return download.error(
          "sent another part (\(range)) than was asked for", remedy: "run it again")
      }
      state.isResumed = true
      state.total = length.map { $0 + state.received }
    case 416:
      try? FileManager.default.removeItem(at: download.partial)
      return download.error(
        "is shorter than what an earlier attempt brought", remedy: "run it again: it starts over")
    default:
      return download.error(
        "answers \(answer.statusCode)",
        remedy: "the file may have moved: name a mirror, or another address in a list of your own")
    }
    if let size = download.size, let total = state.total, total != size {
      return download.error(
        "has \(total) bytes, not \(size)", remedy: "it is another file than expected")
    }
    if !state.isResumed {
      _ = FileManager.default.createFile(atPath: download.partial.path, contents: nil)
    }
    guard let output = try? FileHandle(forWritingTo: download.partial),
      (try? output.seekToEnd()) != nil
    else {
      return ImageDataError(
        file: download.partial, "cannot be written",
        remedy: "choose a folder that you may write to")
    }
    state.output = output
    return nil
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let (done, total, problem) = state.withLock { state in
      state.lastNews = Date()
      guard state.problem == nil else { return (state.received, state.total, true) }
      do {
        try state.output?.write(contentsOf: data)
        state.received += data.count
      } catch {
        state.problem = ImageDataError(
          file: download.partial, "cannot be written: \(error.localizedDescription)",
          remedy: "free some space, then run it again: it continues where it stopped")
      }
      if let size = download.size, state.received > size {
        state.problem = download.error(
          "sends more than \(size) bytes", remedy: "it is another file than expected")
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
      let code = (error as? URLError)?.code
      if code == .timedOut {
        state.problem = silent
      } else if let error, state.output == nil {
        state.problem = download.error(
          "cannot be reached: \(error.localizedDescription)",
          remedy: "check the connection, or name a mirror")
      } else if let expected = state.total ?? download.size, state.received != expected {
        state.problem = download.error(
          "broke off after \(state.received) of \(expected) bytes",
          remedy: "run it again: it continues where it stopped")
      } else if let error {
        state.problem = download.error(
          "broke off after \(state.received) bytes: \(error.localizedDescription)",
          remedy: "run it again: it continues where it stopped")
      }
    }
    finished.signal()
  }
}
