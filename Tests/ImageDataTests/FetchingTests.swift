import Foundation
import MadeFiles
import Synchronization
import TestSupport
import Testing

@testable import ImageData

@Suite(.serialized) struct FetchingTests {
  let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })

  func hash(_ data: Data) -> String {
    let hash = SHA256()
    hash.update([UInt8](data))
    return (try? hash.finished()) ?? "no SHA-256"
  }

  func entry(_ change: (inout DataSetList.File) -> Void = { _ in }) -> DataSetList.Entry {
    var file = DataSetList.File(name: "images.bin", addresses: [])
    (file.size, file.sha256) = (content.count, hash(content))
    change(&file)
    return DataSetList.Entry(name: "set", title: "A set", licence: "none", files: [file])
  }

  func fetch(
    _ entry: DataSetList.Entry, into folder: URL, from server: LoopbackServer,
    progress: @escaping ProgressReport = { _ in }
  ) throws -> [DataSetFetcher.Outcome] {
    var fetcher = DataSetFetcher(entry, into: folder, from: try server.address)
    fetcher.patience = 2
    return try fetcher.fetch(progress: progress)
  }

  /// FIPS 180-4's examples, and lengths around the blocks' edges.
  @Test func `hashes are those of the standard`() throws {
    #expect(
      hash(Data()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      hash(Data("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hash(Data("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      hash(Data(repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    for length in 50...70 {
      let pieces = SHA256()
      let bytes = [UInt8](content.prefix(length))
      for byte in bytes { pieces.update([byte]) }
      #expect(try pieces.finished() == hash(content.prefix(length)))
    }
  }

  @Test func `a file arrives whole, is verified, and is not fetched twice`() throws {
    let content = content
    let server = try LoopbackServer { .file(content, $0) }
    let reports = Mutex<[DataProgress]>([])
    let reported: ProgressReport = { report in reports.withLock { $0.append(report) } }
    try withTemporaryFolder { folder in
      let inner = folder.appending(path: "new/folder")
      let outcomes = try fetch(entry(), into: inner, from: server, progress: reported)
      let file = inner.appending(path: "images.bin")
      #expect(try Data(contentsOf: file) == content)
      #expect(outcomes.map(\.verification) == [.published])
      #expect(outcomes.map(\.wasPresent) == [false])
      #expect(try FileManager.default.contentsOfDirectory(atPath: inner.path) == ["images.bin"])
      let last = try #require(reports.withLock { $0.last })
      #expect((last.done, last.total) == (content.count, content.count))
      #expect(try fetch(entry(), into: inner, from: server).map(\.wasPresent) == [true])
      #expect(server.received.map(\.path) == ["/images.bin"])
      try Data("else".utf8).write(to: file)
      let error = try failure { _ = try fetch(entry(), into: inner, from: server) }
      #expect(error.description.contains("is there already, but has 4 bytes"), "\(error)")
    }
  }

  @Test func `a download that breaks off goes on where it stopped`() throws {
    let content = content
    let server = try LoopbackServer { request in
      request.number == 0
        ? .file(content.prefix(100_000), request, length: content.count) : .file(content, request)
    }
    try withTemporaryFolder { folder in
      let error = try failure { _ = try fetch(entry(), into: folder, from: server) }
      #expect(error.description.contains("broke off"), "\(error)")
      #expect(error.description.contains("continues where it stopped"), "\(error)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "images.bin").path))
      _ = try fetch(entry(), into: folder, from: server)
      #expect(try Data(contentsOf: folder.appending(path: "images.bin")) == content)
      let start = try #require(server.received.last?.start)
      #expect(start > 0 && start <= 100_000)
    }
  }

  @Test func `a server that stalls is given up, and asked for the rest later`() throws {
    let content = content
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.Reply.file(content, request)
      if request.number == 0 { (reply.bytes, reply.stalls) = (reply.bytes.prefix(50_000), true) }
      return reply
    }
    try withTemporaryFolder { folder in
      let start = Date()
      let error = try failure { _ = try fetch(entry(), into: folder, from: server) }
      #expect(error.description.contains("sent nothing for 2 seconds"), "\(error)")
      #expect(Date().timeIntervalSince(start) < 20)
      _ = try fetch(entry(), into: folder, from: server)
      #expect(try Data(contentsOf: folder.appending(path: "images.bin")) == content)
      #expect(try #require(server.received.last?.start) > 0)
    }
  }

  @Test func `a server that lies about length or content leaves nothing`() throws {
    let content = content
    func problem(
      _ entry: DataSetList.Entry,
      _ reply:
        @escaping @Sendable (LoopbackServer.Request)
        -> LoopbackServer.Reply
    ) throws -> String {
      let server = try LoopbackServer(reply)
      return try withTemporaryFolder { folder in
        let error = try failure { _ = try fetch(entry, into: folder, from: server) }
        #expect(
          !FileManager.default.fileExists(atPath: folder.appending(path: "images.bin").path))
        return error.description
      }
    }
    #expect(
      try problem(entry()) { .file(content, $0, length: 100) }
        .contains("has 100 bytes, not 300000"))
    #expect(
      try problem(entry()) { .file(content, $0, length: 400_000) }
        .contains("has 400000 bytes, not 300000"))
    #expect(
      try problem(entry { $0.size = nil }) { .file(content, $0, length: 100) }
        .contains("has SHA-256"))
    #expect(
      try problem(entry { $0.size = nil }) { .file(content, $0, length: 400_000) }
        .contains("broke off after 300000 of 400000 bytes"))
    #expect(
      try problem(entry()) { .file(Data(repeating: 1, count: content.count), $0) }
        .contains("not \(hash(content))"))
    #expect(
      try problem(entry()) { _ in
        .reply("200 OK", [], content + content)
      }.contains("sends more than 300000 bytes"))
    #expect(try problem(entry()) { _ in .status("404 Not Found") }.contains("answers 404"))
    let nowhere = entry { $0.addresses = ["http://127.0.0.1:1/images.bin"] }
    try withTemporaryFolder { folder in
      let error = try failure { _ = try DataSetFetcher(nowhere, into: folder).fetch() }
      #expect(error.description.contains("http://127.0.0.1:1/images.bin: cannot be reached"))
    }
  }

  @Test func `the second part of another file is noticed, and all fetched anew`() throws {
    let content = content
    let server = try LoopbackServer { .file(content, $0) }
    try withTemporaryFolder { folder in
      try Data(repeating: 7, count: 1000).write(to: folder.appending(path: ".images.bin.part"))
      _ = try fetch(entry(), into: folder, from: server)
      #expect(try Data(contentsOf: folder.appending(path: "images.bin")) == content)
      #expect(server.received.map(\.start) == [1000, nil])
    }
  }

  @Test func `without a published hash, the file that came first is recorded and holds`() throws {
    let (content, other) = (content, Data(repeating: 7, count: 300_000))
    let server = try LoopbackServer { .file($0.number == 0 ? content : other, $0) }
    let unknown = entry { $0.sha256 = nil }
    try withTemporaryFolder { folder in
      let sums = folder.appending(path: "SHA256SUMS")
      #expect(
        try fetch(unknown, into: folder, from: server).map(\.verification) == [.first])
      #expect(
        try String(contentsOf: sums, encoding: .utf8) == "\(hash(content))  images.bin\n")
      #expect(
        try fetch(unknown, into: folder, from: server).map(\.verification) == [.recorded])
      // Another file under the same address is refused, and nothing is kept of it.
      try FileManager.default.removeItem(at: folder.appending(path: "images.bin"))
      let error = try failure { _ = try fetch(unknown, into: folder, from: server) }
      #expect(error.description.contains("not \(hash(content))"), "\(error)")
      #expect(error.description.contains("remove images.bin's line in"), "\(error)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["SHA256SUMS"])
      try Data("no hash".utf8).write(to: sums)
      let damaged = try failure { _ = try fetch(unknown, into: folder, from: server) }
      #expect(damaged.description.contains("line 1 is not a hash and a name"), "\(damaged)")
    }
  }

  @Test func `a second address is tried where the first fails`() throws {
    let content = content
    let server = try LoopbackServer { request in
      request.path == "/b/images.bin" ? .file(content, request) : .status("404 Not Found")
    }
    let base = try server.address.absoluteString
    let set = entry { $0.addresses = [base + "a/images.bin", base + "b/images.bin"] }
    try withTemporaryFolder { folder in
      _ = try DataSetFetcher(set, into: folder).fetch()
      #expect(try Data(contentsOf: folder.appending(path: "images.bin")) == content)
      #expect(server.received.map(\.path) == ["/a/images.bin", "/b/images.bin"])
    }
  }

  @Test func `a folder serves as a mirror, and packed content is verified unpacked`() throws {
    try withTemporaryFolder { folder in
      let mirror = folder.appending(path: "mirror", directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: mirror, withIntermediateDirectories: true)
      let packed = mirror.appending(path: "images.bin")
      try gzipped(content).write(to: packed)
      let target = folder.appending(path: "target")
      var set = entry { file in
        (file.size, file.sha256, file.contentSHA256) = (nil, nil, hash(content))
      }
      _ = try DataSetFetcher(set, into: target, from: mirror).fetch()
      #expect(
        try Data(contentsOf: target.appending(path: "images.bin")) == Data(contentsOf: packed))
      try FileManager.default.removeItem(at: target)
      set.files[0].contentSHA256 = hash(Data())
      let error = try failure { _ = try DataSetFetcher(set, into: target, from: mirror).fetch() }
      #expect(error.description.contains("unpacks to SHA-256 \(hash(content))"), "\(error)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == [])
      try FileManager.default.removeItem(at: packed)
      let missing = try failure {
        _ = try DataSetFetcher(set, into: target, from: mirror).fetch()
      }
      #expect(missing.description.contains("cannot be copied"), "\(missing)")
    }
  }
}
