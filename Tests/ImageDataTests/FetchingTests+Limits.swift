import Foundation
import TestSupport
import Testing

@testable import ImageData

/// What is in the way, what is too slow, what is too large.
extension FetchingTests {
  /// Bytes of another file, longer than this, or links to files of others.
  @Test(arguments: [nil, 300_000]) func `what another file left is not in the way of this one`(
    _ size: Int?
  ) throws {
    let content = content
    let server = try LoopbackServer { request in
      guard let start = request.start, start >= content.count else {
        return .file(content, request)
      }
      return request.number % 2 == 0
        ? .status("416 Range Not Satisfiable")
        : .reply("206 Partial Content", ["Content-Range: bytes \(start)-\(start)/9"], Data())
    }
    for length in [300_000, 300_001, 1 << 20] {
      try withTemporaryFolder { folder in
        try Data(repeating: 7, count: length).write(to: folder.appending(path: ".images.bin.part"))
        _ = try fetch(entry { $0.size = size }, into: folder, from: server)
        #expect(try Data(contentsOf: folder.appending(path: "images.bin")) == content)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["images.bin"])
      }
    }
  }

  @Test func `links are replaced, and what they lead to stays as it is`() throws {
    let content = content
    let server = try LoopbackServer { .file(content, $0) }
    try withTemporaryFolder { folder in
      let (mine, data) = (folder.appending(path: "mine"), folder.appending(path: "data"))
      try Data("mine".utf8).write(to: mine)
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      for (name, target) in [(".images.bin.part", mine.path), ("images.bin", "/none")] {
        try FileManager.default.createSymbolicLink(
          atPath: data.appending(path: name).path, withDestinationPath: target)
      }
      _ = try fetch(entry(), into: data, from: server)
      #expect(try Data(contentsOf: mine) == Data("mine".utf8))
      let file = data.appending(path: "images.bin")
      #expect(try Data(contentsOf: file) == content)
      let type = try FileManager.default.attributesOfItem(atPath: file.path)[.type]
      #expect(type as? FileAttributeType == .typeRegular)
    }
  }

  @Test func `a mirror's link is followed`() throws {
    try withTemporaryFolder { folder in
      let mirror = folder.appending(path: "mirror", directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: mirror, withIntermediateDirectories: true)
      try content.write(to: mirror.appending(path: "real"))
      try FileManager.default.createSymbolicLink(
        atPath: mirror.appending(path: "images.bin").path, withDestinationPath: "real")
      let target = folder.appending(path: "target")
      _ = try DataSetFetcher(entry(), into: target, from: mirror).fetch()
      #expect(try Data(contentsOf: target.appending(path: "images.bin")) == content)
    }
  }

  @Test func `a server that hardly sends is given up for the next`() throws {
    let content = content
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.Reply.file(content, request)
      if request.path.hasPrefix("/a") { reply.pause = 0.02 }
      return reply
    }
    let base = try server.address.absoluteString
    let set = entry { $0.addresses = [base + "a/images.bin", base + "b/images.bin"] }
    try withTemporaryFolder { folder in
      var fetcher = DataSetFetcher(set, into: folder)
      fetcher.leastRate = (1000, 0.5)
      _ = try fetcher.fetch()
      #expect(try Data(contentsOf: folder.appending(path: "images.bin")) == content)
      #expect(server.received.map(\.path) == ["/a/images.bin", "/b/images.bin"])
    }
  }

  @Test func `a file without a size in the list has a limit, and leaves nothing`() throws {
    let content = content
    for isTold in [true, false] {
      let server = try LoopbackServer { request in
        isTold ? .file(content, request) : .reply("200 OK", [], content)
      }
      try withTemporaryFolder { folder in
        let set = entry { $0.size = nil }
        var fetcher = DataSetFetcher(set, into: folder, from: try server.address)
        fetcher.largestFile = 1000
        let error = try failure { _ = try fetcher.fetch() }
        #expect(error.description.contains("has more than 1000 bytes, and the list"), "\(error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      }
    }
  }
}
