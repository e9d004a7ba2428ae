import Foundation
import TestSupport
import Testing

@testable import Compute

/// What containers and clusters grant a process.
@Suite struct ControlGroupTests {
  private func write(_ files: [String: String], in folder: URL) throws {
    for (path, text) in files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  @Test func `the tightest limit from the group to the root counts`() throws {
    try withTemporaryFolder { root in
      try write(
        [
          "cpu.max": "max 100000\n", "job/cpu.max": "250000 100000\n",
          "job/step/cpu.max": "400000 100000\n", "job/memory.max": "8000000\n",
          "job/memory.current": "5000000\n",
          "job/memory.stat": "anon 3000000\ninactive_file 1000000\n",
          "job/step/memory.max": "max\n",
        ], in: root)
      let group = ControlGroup(membership: "0::/job/step\n", root: root)
      #expect(group.processors == 3)
      #expect(group.memory == 4_000_000)
      let free = ControlGroup(membership: "0::/\n", root: root)
      #expect(free.processors == nil && free.memory == nil)
      #expect(ControlGroup(membership: "", root: root).processors == nil)
    }
  }

  @Test func `version 1 has a folder for each controller`() throws {
    try withTemporaryFolder { root in
      try write(
        [
          "cpu,cpuacct/job/cpu.cfs_quota_us": "150000\n",
          "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n", "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
          "memory/job/memory.limit_in_bytes": "9223372036854771712\n",
        ], in: root)
      let group = ControlGroup(membership: "4:cpu,cpuacct:/job\n3:memory:/job\n", root: root)
      #expect(group.processors == 2)
      #expect(group.memory == nil)
    }
  }

  @Test func `there is at least one processor, and some memory`() {
    #expect(ThreadTeam.processorCount >= 1)
    #if os(Linux)
      #expect((SystemMemory.available ?? 0) > 1 << 20)
    #endif
  }
}
