import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A web server on this machine alone, that misbehaves as it is told.
public final class LoopbackServer: Sendable {
  public struct Request: Sendable {
    public var path: String
    /// The first byte that is asked for; nil where all are.
    public var start: Int?
    /// How many requests came before.
    public var number: Int
  }

  /// What is sent, to the byte; then the connection is closed, or left open in silence.
  public struct Reply: Sendable {
    public var bytes: Data
    public var stalls = false
    /// Seconds between one byte of the content and the next.
    public var pause: Double?

    /// A whole file, or the part that is asked for. `length` is what the head says.
    public static func file(_ content: Data, _ request: Request, length: Int? = nil) -> Reply {
      if let start = request.start, start < content.count {
        return reply(
          "206 Partial Content",
          [
            "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)",
            "Content-Length: \(content.count - start)",
          ], content.dropFirst(start))
      }
      return reply("200 OK", ["Content-Length: \(length ?? content.count)"], content)
    }

    public static func status(_ status: String) -> Reply {
      reply(status, ["Content-Length: 0"], Data())
    }

    public static func reply(_ status: String, _ fields: [String], _ content: Data) -> Reply {
      let head = ["HTTP/1.1 \(status)"] + fields + ["Connection: close", "", ""]
      return Reply(bytes: Data(head.joined(separator: "\r\n").utf8) + content)
    }
  }

  private let descriptor: Int32
  private let port: UInt16
  private let requests = Mutex<[Request]>([])

  /// The requests so far.
  public var received: [Request] { requests.withLock { $0 } }

  public var address: URL {
    get throws {
      guard let url = URL(string: "http://127.0.0.1:\(port)/") else { throw Unavailable() }
      return url
    }
  }

  /// No port could be had.
  struct Unavailable: Error {}

  public init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
    #if canImport(Darwin)
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard status else { throw Unavailable() }
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        guard let request = self?.request(connection) else {
          close(connection)
          continue
        }
        Thread.detachNewThread { Self.send(reply(request), to: connection) }
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private func request(_ connection: Int32) -> Request? {
    var head = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !head.contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      head += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    let lines = head.split(separator: "\r\n")
    guard let path = lines.first?.split(separator: " ").dropFirst().first else { return nil }
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    let start = range.flatMap { Int($0.dropFirst(13).split(separator: "-").first ?? "") }
    return requests.withLock { requests in
      let request = Request(path: String(path), start: start, number: requests.count)
      requests.append(request)
      return request
    }
  }

  private static func send(_ reply: Reply, to connection: Int32) {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    let bytes = [UInt8](reply.bytes)
    var sent = 0
    while sent < bytes.count {
      // The head at once.
      if let pause = reply.pause, sent > 0 { usleep(UInt32(pause * 1_000_000)) }
      let end = reply.pause == nil ? bytes.count : min(bytes.count, max(sent + 1, 200))
      let count = bytes[sent..<end].withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, flags)
      }
      guard count > 0 else { break }
      sent += count
    }
    if reply.stalls {
      // Until the other side gives up.
      var byte: UInt8 = 0
      _ = recv(connection, &byte, 1, 0)
    }
    close(connection)
  }
}
