import Foundation
import MadeFiles
import Synchronization
import TestSupport
import Testing

@testable import ImageData

/// What is taken out of downloads, and the list of what can be fetched.
extension FetchingTests {
  @Test func `images are taken out of an archive, and nothing leads out of it`() throws {
    let end = Data(count: 1024)
    let long = "a/images/train/" + String(repeating: "x", count: 100) + ".jpg"
    let good =
      tarHeader("a/images/", 0, kind: "5") + tar("a/images/train/1.jpg", "one")
      + tar("a/images/train/notes.txt", "text") + tar("a/else/2.jpg", "two")
      + tarHeader("a/images/link.jpg", 0, kind: "2")
      + tarHeader("././@LongLink", long.utf8.count, kind: "L") + Data(long.utf8)
      + Data(count: 512 - long.utf8.count) + tar("cut short", "long")
      + tar("a/images/3.JPG", "three")
    try withTemporaryFolder { folder throws in
      func fetched(_ archive: Data) throws -> [String] {
        let target = folder.appending(path: UUID().uuidString)
        let mirror = folder.appending(path: "mirror", directoryHint: .isDirectory)
        try? FileManager.default.createDirectory(at: mirror, withIntermediateDirectories: true)
        try archive.write(to: mirror.appending(path: "images.bin"))
        let set = entry { file in
          (file.size, file.sha256) = (nil, nil)
          file.unpack = .init(below: "a/images", extensions: ["jpg"])
        }
        let outcome = try DataSetFetcher(set, into: target, from: mirror).fetch()[0]
        let names = try files(in: target).map { String($0.path.dropFirst(target.path.count + 1)) }
        #expect(outcome.unpacked == names.count - 2)
        return names
      }
      let expected = [
        "3.JPG", "SHA256SUMS", "images.bin", "train/1.jpg", String(long.dropFirst(9)),
      ]
      #expect(try fetched(good + end) == expected)
      #expect(try fetched(gzipped(good + end)) == expected)
      func problem(_ archive: Data) throws -> String {
        try failure { _ = try fetched(archive) }.description
      }
      #expect(
        try problem(good + tar("a/images/../../../x.jpg", "out") + end).contains("leads out of"))
      #expect(try problem(tar("/a/images/x.jpg", "out") + end).contains("leads out of"))
      #expect(try problem(tar("a/else/x.jpg", "out") + end).contains("holds no jpg files"))
      #expect(try problem(good.prefix(1100)).contains("ends inside an entry"))
      #expect(try problem(gzipped(good + end).dropLast(20)).contains("middle of its compressed"))
      #expect(try problem(Data(repeating: 65, count: 2048)).contains("is not a tar archive"))
    }
  }

  @Test func `the list has all data sets, and a user's own replaces it`() throws {
    let list = try DataSetList.builtIn()
    #expect(
      list.sets.map(\.name)
        == ["bsds500", "mnist", "fashion-mnist", "kmnist", "van-hateren", "olshausen"])
    for set in list.sets {
      #expect(!set.licence.isEmpty && !set.files.isEmpty)
      for file in set.files {
        #expect(file.addresses.allSatisfy { URL(string: $0)?.lastPathComponent == file.name })
        #expect((file.sha256 ?? file.contentSHA256 ?? hash(Data())).count == 64)
        let isPublished = file.sha256 != nil || file.contentSHA256 != nil
        #expect(
          isPublished || set.note?.contains("SHA256SUMS") == true,
          "\(set.name): what has no published hash is said")
      }
    }
    #expect(
      try failure { _ = try list.entry("cifar") }.description
        .contains("no data set cifar in the list; there are: bsds500, mnist"))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "list.json")
      try JSONEncoder().encode(list).write(to: file)
      #expect(try DataSetList(contentsOf: file) == list)
      func problem(_ text: String) throws -> String {
        try Data(text.utf8).write(to: file)
        return try failure { _ = try DataSetList(contentsOf: file) }.description
      }
      #expect(try problem("{").contains("is not a list of data sets"))
      #expect(try problem("{\"sets\": [{\"name\": \"a\"}]}").contains("is missing"))
      #expect(
        try problem(
          """
          {"sets": [{"name": "a", "title": "", "licence": "",
          "files": [{"name": "../x", "addresses": []}]}]}
          """
        ).contains("a file named \"../x\""))
    }
  }

  @Test(RealData.needed)
  func `MNIST's files have the hashes of the list`() throws {
    let mirror = try #require(RealData.folder).appending(path: "mnist")
    try withTemporaryFolder { folder in
      let outcomes = try DataSetFetcher(
        DataSetList.builtIn().entry("mnist"), into: folder, from: mirror
      ).fetch()
      #expect(outcomes.map(\.verification) == Array(repeating: .published, count: 4))
    }
  }
}
