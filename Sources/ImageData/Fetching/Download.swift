import Foundation

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
  /// The most bytes that it may have.
  let largest: Int
  /// Seconds without a byte, after which the server counts as silent.
  let patience: Double
  /// The least number of bytes a second, over so many seconds.
  let leastRate: (bytes: Double, seconds: Double)
  let progress: @Sendable (_ done: Int, _ total: Int?) -> Void

  /// - Returns: whether bytes of an earlier attempt were kept.
  /// - Throws: where the server cannot be reached, refuses, falls silent, ends too early, or has a
  ///   file of another size.
  func run() throws(ImageDataError) -> Bool {
    do throws(Failure) {
      return try attempt()
    } catch {
      guard case .startsOver = error else { throw error.problem }
      // What an earlier attempt brought is not of this file.
      unlink(partial.path)
      do throws(Failure) { return try attempt() } catch { throw error.problem }
    }
  }

  private func attempt() throws(Failure) -> Bool {
    if !isOwn(partial) { unlink(partial.path) }
    var present = fileSize(partial) ?? 0
    if present > size ?? largest {
      unlink(partial.path)
      present = 0
    }
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
    return try transfer.wait()
  }

  /// Whether a file is one that an earlier attempt wrote, and not a link to another.
  private func isOwn(_ file: URL) -> Bool {
    var status = stat()
    return lstat(file.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Why an attempt ended.
  enum Failure: Error {
    case ended(ImageDataError)
    /// What was there before is not the beginning of this file.
    case startsOver(ImageDataError)

    var problem: ImageDataError {
      switch self {
      case .ended(let problem), .startsOver(let problem): problem
      }
    }
  }

  func error(_ problem: String, remedy: String) -> ImageDataError {
    ImageDataError("\(address.absoluteString): \(problem)", remedy: remedy)
  }
}
