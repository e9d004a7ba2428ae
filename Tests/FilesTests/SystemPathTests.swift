import Files
import Foundation
import TestSupport
import Testing

@Suite struct SystemPathTests {
  @Test(arguments: [
    [], [0x61], Array("café.png".utf8), Array("写真/1.tif".utf8), [0xE9], [0x63, 0xE9, 0x2E],
    [0xC3], [0xC3, 0x28], [0xF0, 0x9F, 0x98], [0xFF, 0xFE, 0x80, 0x41], [0xED, 0xA0, 0x80],
  ])
  func `bytes come back as they were`(bytes: [UInt8]) {
    #expect(SystemPath.bytes(SystemPath.text(bytes)) == bytes)
    let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
    #expect(SystemPath.isText(SystemPath.text(bytes)) == isUTF8)
  }

  @Test func `all pairs of bytes come back as they were`() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        #expect(SystemPath.bytes(SystemPath.text([first, second])) == [first, second])
      }
    }
  }

  @Test func `people see the bytes that are no characters`() {
    let name = SystemPath.text([0x63, 0x61, 0x66, 0xE9, 0x2E, 0x70, 0x6E, 0x67])
    #expect(SystemPath.shown(name) == "caf\\xE9.png")
    #expect(SystemPath.shown("café.png") == "café.png")
  }

  @Test func `a folder lists its names, and what is written is there`() throws {
    try withTemporaryFolder { folder in
      let name = SystemPath.text([0x78, 0xFF])
      let file = folder.appending(path: name)
      // Not every file system has such names.
      guard (try? AtomicFile.write(Data("1".utf8), to: file)) != nil else { return }
      #expect(SystemPath.names(in: folder.path) == [name])
      #expect(SystemPath.status(file.path)?.isRegularFile == true)
      #expect(SystemPath.status(folder.path)?.isFolder == true)
      #expect(SystemPath.names(in: file.path) == nil)
    }
  }
}
