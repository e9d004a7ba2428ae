import Foundation
import TestSupport
import Testing

/// `svae data fetch` against a server on this machine that misbehaves as it is told.
@Suite(.serialized) struct DataFetchTests {
  static let content = Data((0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 31) >> 3) })
  /// Of `content`, by sha256sum.
  static let hash = "7fef6f34e26a337fc51b6c2b74dac7dae08dc411cbdfe3d8a82b616c1c348b37"

  /// A list of one data set, whose only file is images.bin.
  private func list(
    _ address: String, in folder: URL, hash: String = hash, size: Int? = content.count
  ) throws {
    let text = """
      {"sets": [{"name": "mine", "title": "A test", "licence": "Free for tests.",
      "files": [{"name": "images.bin", "addresses": ["\(address)images.bin"],
      \(size.map { "\"size\": \($0), " } ?? "")"sha256": "\(hash)"}]}]}
      """
    try Data(text.utf8).write(to: folder.appending(path: "list.json"))
  }

  private func fetch(_ arguments: [String] = [], in folder: URL) throws -> SvaeCommand.Result {
    try SvaeCommand.run(
      ["data", "fetch", "mine", "--sources", "list.json", "--patience", "1"] + arguments,
      in: folder)
  }

  @Test func `what is fetched is verified, its licence is shown, and the folder is printed`()
    throws
  {
    let server = try LoopbackServer { .file(Self.content, $0) }
    try withTemporaryFolder { folder in
      try list(server.address.absoluteString, in: folder)
      let result = try fetch(in: folder)
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.output == "data/mine\n")
      #expect(result.messages.contains("licence: Free for tests."))
      #expect(result.messages.contains("images.bin: verified by SHA-256\n"))
      #expect(!result.messages.contains("\r"))
      let file = folder.appending(path: "data/mine/images.bin")
      #expect(try Data(contentsOf: file) == Self.content)
      // Once more: nothing is fetched.
      let again = try fetch(["-q"], in: folder)
      #expect(again.status == 0 && again.messages.isEmpty && again.output == "data/mine\n")
      #expect(server.received.count == 1)
    }
  }

  @Test func `a server that breaks off or falls silent is named, and the next attempt goes on`()
    throws
  {
    for stalls in [false, true] {
      let server = try LoopbackServer { request in
        var reply = LoopbackServer.Reply.file(Self.content, request)
        if request.number == 0 {
          (reply.bytes, reply.stalls) = (reply.bytes.prefix(90_000), stalls)
        }
        return reply
      }
      try withTemporaryFolder { folder in
        try list(server.address.absoluteString, in: folder)
        let broken = try fetch(["--out", "d"], in: folder)
        #expect(broken.status == 1)
        #expect(
          broken.messages.contains(stalls ? "sent nothing for 1 seconds" : "broke off after "),
          "\(broken.messages)")
        #expect(broken.messages.contains("run it again: it continues where it stopped"))
        #expect(broken.output.isEmpty)
        #expect(try paths(below: folder.appending(path: "d")) == [".images.bin.part"])
        let whole = try fetch(["--out", "d"], in: folder)
        #expect(whole.status == 0, "\(whole.messages)")
        #expect(try Data(contentsOf: folder.appending(path: "d/images.bin")) == Self.content)
        #expect(server.received.count == 2 && server.received[1].start ?? 0 > 0)
      }
    }
  }

  @Test func `a wrong length or hash leaves nothing but a message`() throws {
    let wrong = Data(repeating: 1, count: Self.content.count)
    func check(
      _ size: Int?, _ message: String,
      _ reply: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) throws {
      let server = try LoopbackServer(reply)
      try withTemporaryFolder { folder in
        try list(server.address.absoluteString, in: folder, size: size)
        let result = try fetch(["--out", "d"], in: folder)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.messages.contains(message), "\(result.messages)")
        #expect(
          !FileManager.default.fileExists(atPath: folder.appending(path: "d/images.bin").path))
      }
    }
    try check(200_000, "has 300000 bytes, not 200000") {
      .file(Self.content, $0, length: 300_000)
    }
    try check(nil, "broke off after 200000 of 300000") {
      .file(Self.content, $0, length: 300_000)
    }
    try check(nil, "has SHA-256") { .file(wrong, $0) }
    try check(nil, "answers 404") { _ in .status("404 Not Found") }
  }

  @Test func `a folder serves as a mirror`() throws {
    try withTemporaryFolder { folder in
      try list("http://127.0.0.1:1/", in: folder)
      let mirror = folder.appending(path: "mirror")
      try FileManager.default.createDirectory(at: mirror, withIntermediateDirectories: true)
      let none = try fetch(["--from", "mirror"], in: folder)
      #expect(none.status == 1 && none.messages.contains("expected images.bin in the folder"))
      try Self.content.write(to: mirror.appending(path: "images.bin"))
      let result = try fetch(["--from", "mirror"], in: folder)
      #expect(result.status == 0, "\(result.messages)")
      try Data("other".utf8).write(to: folder.appending(path: "data/mine/images.bin"))
      let other = try fetch(["--from", "mirror"], in: folder)
      #expect(other.status == 1 && other.messages.contains("is there already, but"))
    }
  }

  @Test func `the list is named and printed, and data takes a folder as before`() throws {
    try withTemporaryFolder { folder in
      let list = try SvaeCommand.run(["data", "list"], in: folder)
      for name in ["bsds500", "mnist", "fashion-mnist", "kmnist", "van-hateren", "olshausen"] {
        #expect(list.output.contains("\(name)\n"))
      }
      let json = try SvaeCommand.run(["data", "list", "--json"], in: folder)
      try Data(json.output.utf8).write(to: folder.appending(path: "own.json"))
      #expect(
        try SvaeCommand.run(["data", "list", "--sources", "own.json"], in: folder).output
          == list.output)
      let unknown = try SvaeCommand.run(["data", "fetch", "cifar"], in: folder)
      #expect(unknown.status == 1 && unknown.messages.contains("there are: bsds500, mnist"))
      let missing = try SvaeCommand.run(["data", "photos/"], in: folder)
      #expect(missing.status == 1 && missing.messages.contains("photos: no such file or folder"))
      #expect(try paths(below: folder) == ["own.json"])
    }
  }
}
