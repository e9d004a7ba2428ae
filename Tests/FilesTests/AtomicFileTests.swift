import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test func `a write that fails leaves what was there, and no rubbish`() throws {
    try withTemporaryFolder { folder in
      // A folder cannot be replaced by a file.
      let target = folder.appending(path: "target", directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write(Data("new".utf8), to: folder.appending(path: "target"))
      }
      #expect(error?.description.contains("target: cannot be written: ") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
      let missing = #expect(throws: FileError.self) {
        try AtomicFile.write(Data(), to: folder.appending(path: "none/file"))
      }
      #expect(missing?.remedy == "name a file in an existing folder that you may write to")
    }
  }

  @Test func `a file is not seen before it is complete, and not at all without the end`() throws {
    try withTemporaryFolder { folder in
      let target = folder.appending(path: "target")
      try AtomicFile.write(Data("old".utf8), to: target)
      func attempt(finishes: Bool) throws {
        var file = try AtomicFile(for: target)
        try file.write(Data("head ".utf8))
        try file.write(Data("body".utf8))
        try file.write(Data("HEAD".utf8), at: 0)
        try file.write(Data(" end".utf8))
        #expect(try Data(contentsOf: target) == Data("old".utf8))
        if finishes { try file.commit() }
      }
      try attempt(finishes: false)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
      #expect(try Data(contentsOf: target) == Data("old".utf8))
      try attempt(finishes: true)
      #expect(try Data(contentsOf: target) == Data("HEAD body end".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
    }
  }

  @Test func `a name may be as long as the file system allows`() throws {
    try withTemporaryFolder { folder in
      for name in [String(repeating: "n", count: 255), String(repeating: "é", count: 127)] {
        let target = folder.appending(path: name)
        try AtomicFile.write(Data("x".utf8), to: target)
        #expect(try Data(contentsOf: target) == Data("x".utf8))
      }
    }
  }

  @Test func `a lock is held once, and free when its holder is gone`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data().write(to: file)
      var lock = FileLock.taken(on: file)
      #expect(lock != nil)
      #expect(FileLock.taken(on: file) == nil)
      // Another file of the name is another lock.
      try AtomicFile.write(Data("new".utf8), to: file)
      #expect(FileLock.taken(on: file) != nil)
      lock = nil
      #expect(FileLock.taken(on: file) != nil)
    }
  }

  @Test func `a device is written to, not replaced`() throws {
    let device = URL(filePath: "/dev/null")
    try AtomicFile.write(Data("gone".utf8), to: device)
    let type = try FileManager.default.attributesOfItem(atPath: device.path)[.type]
    #expect(type as? FileAttributeType == .typeCharacterSpecial)
  }
}
