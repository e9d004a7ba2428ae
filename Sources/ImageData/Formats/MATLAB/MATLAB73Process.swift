import Foundation
import Synchronization

extension MATLAB {
  private static let chosenReader = Mutex<URL?>(nil)

  /// The `svae` command, which reads files of version 7.3 in a separate process, because a damaged
  /// one can crash the library that reads it.
  ///
  /// Unless it is set: what the environment variable `SVAE_EXECUTABLE` names, or else `svae` beside
  /// the running program, or else `svae` in one of the folders of `PATH`. nil where there is none;
  /// files of version 7.3 are then refused.
  public static var reader: URL? {
    get { chosenReader.withLock { $0 } ?? foundReader() }
    set { chosenReader.withLock { $0 = newValue } }
  }

  private static func foundReader() -> URL? {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["SVAE_EXECUTABLE"] { return URL(filePath: path) }
    let folders =
      [Bundle.main.executableURL?.deletingLastPathComponent()].compactMap { $0 }
      + (environment["PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
    return folders.map { $0.appending(path: "svae") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}

/// The process that reads a MATLAB 7.3 file, and what it sends.
final class MATLAB73Process {
  private let file: URL
  private let process = Process()
  private let pipe = Pipe()
  private let ended = DispatchSemaphore(value: 0)
  private let patience: Double

  /// - Parameters:
  ///   - reader: the svae command.
  ///   - variable: the array's name; nil is the only one that could be images.
  ///   - sendsNumbers: whether its numbers are to follow the list of variables.
  ///   - patience: seconds that it may take for the next bytes, or to end.
  init(
    _ reader: URL?, _ file: URL, _ variable: String?, sendsNumbers: Bool, patience: Double = 120
  ) throws(ImageDataError) {
    self.file = file
    self.patience = patience
    guard let reader else {
      throw ImageDataError(
        file: file, "is of MATLAB's version 7.3, for which the svae command is not found",
        remedy: "put svae beside the program or into PATH, name it in SVAE_EXECUTABLE, or save the "
          + "file with -v7")
    }
    process.executableURL = reader
    var arguments = ["read-mat73"]
    if sendsNumbers { arguments.append("--numbers") }
    arguments += ["--", file.path]
    if let variable { arguments.append(variable) }
    process.arguments = arguments
    // A crash is an answer: nobody needs a report of it.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no", "OPENBLAS_NUM_THREADS": "1"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.terminationHandler = { [ended] _ in ended.signal() }
    do {
      try process.run()
    } catch {
      throw ImageDataError(
        file: file, "cannot be read: \(reader.path) does not start: \(error.localizedDescription)",
        remedy: "SVAE_EXECUTABLE, or MATLAB.reader, must name the svae command")
    }
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// - Throws: where the process did not end well.
  func finish() throws(ImageDataError) {
    guard ended.wait(timeout: .now() + patience) == .success else { throw hung }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw damaged }
  }

  /// All variables of the file.
  func variables() throws(ImageDataError) -> [MATLAB73Variable] {
    let list = Data(try bytes(number()))
    guard let variables = try? JSONDecoder().decode([MATLAB73Variable].self, from: list) else {
      throw damaged
    }
    return variables
  }

  /// The next number.
  func number() throws(ImageDataError) -> Int {
    try bytes(8).withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
  }

  /// The next `count` bytes.
  ///
  /// - Throws: where the process sends fewer: the file has crashed it, or cannot be read.
  func bytes(_ count: Int) throws(ImageDataError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = min(count - bytes.count, 1 << 22)
      let piece = try [UInt8](unsafeUninitializedCapacity: wanted) {
        (buffer, filled) throws(ImageDataError) in
        filled = try receive(into: UnsafeMutableRawBufferPointer(buffer))
      }
      bytes += piece
    }
    return bytes
  }

  /// Waits for some bytes.
  private func receive(into buffer: UnsafeMutableRawBufferPointer) throws(ImageDataError) -> Int {
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    while true {
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wanted, 1, Int32(1000 * patience))
      if ready == 0 { throw hung }
      let count = ready > 0 ? read(descriptor, buffer.baseAddress, buffer.count) : -1
      if count > 0 { return count }
      if count == 0 || errno != EINTR { throw damaged }
    }
  }

  private var hung: ImageDataError {
    ImageDataError(
      file: file, "cannot be read: nothing came of it for \(Int(patience)) seconds",
      remedy: "the file is damaged, or too slow to read where it lies: copy it, or save it with -v7"
    )
  }

  private var damaged: ImageDataError {
    ImageDataError(file: file, "is a damaged MATLAB file", remedy: "copy or download it again")
  }
}
