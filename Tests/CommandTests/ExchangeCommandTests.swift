import Foundation
import TestSupport
import Testing

/// svae export and svae import, as their users run them.
@Suite(.serialized) struct ExchangeCommandTests {
  static let mistakes = [
    Mistake("export run", 64, "--out"),
    Mistake("export run --out model.pkl", 64, "--out model.pkl", "safetensors, npz, mat, tiff"),
    Mistake("export run --out model", 64, "does not tell the format"),
    Mistake("export run --to pickle --out m", 64, "--to pickle", "expected one of safetensors"),
    Mistake("export none --out m.npz", 1, "none: no such folder"),
    Mistake("export folder --out m.npz", 1, "folder: is not a run folder"),
    Mistake("export run --out none/m.npz", 1, "none/m.npz: cannot be written: No such file"),
    Mistake("export run --to csv --out m.csv --data none", 1, "none: no such file or folder"),
    Mistake("import x.safetensors", 64, "--out"),
    Mistake("import x.safetensors --out r --noise-scale 0", 64, "--noise-scale 0", "more than 0"),
    Mistake("import x.safetensors --out r --prior normal", 64, "'normal'", "laplace"),
    Mistake("import x.safetensors --out r --whitening zca", 64, "name the data too"),
    Mistake("import x.safetensors --out r --layer fc1=a", 64, "--layer fc1=a", "trunk.0"),
    Mistake(
      "import x.safetensors --out r --layer decoder=a --layer decoder=b", 64, "each role once"),
    Mistake("import none.safetensors --out r", 1, "none.safetensors: cannot be read"),
    Mistake("import text --out r", 1, "text: is only 4 bytes long"),
    Mistake("import run/config.yaml --out r", 1, "run/config.yaml: ", "a safetensors file"),
    Mistake("import run/model.safetensors --out run", 1, "run: holds a run already"),
    Mistake(
      "import run/model.safetensors --out folder", 1, "folder: exists but is not a run folder"),
    Mistake(
      "import run/model.safetensors --out r --layer mean.0=nothing", 1, "has no nothing.weight",
      "Found: contrast_log_scale [], decoder.bias"),
  ]

  @Test func `a mistake ends in its exit code and a message, and no file`() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      let before = try paths(below: folder)
      for mistake in Self.mistakes {
        let result = try SvaeCommand.run(mistake.arguments, in: folder)
        #expect(result.status == mistake.status, "\(mistake): \(result.messages)")
        #expect(result.messages.contains("Error: "), "\(mistake)")
        for part in mistake.message {
          #expect(result.messages.contains(part), "\(mistake): \(result.messages)")
        }
        #expect(!result.messages.contains("Optional(") && !result.messages.contains("NSError"))
        #expect(try paths(below: folder) == before, "\(mistake)")
      }
    }
  }

  @Test func `every format is written and named, and quiet says nothing`() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      for name in ["m.safetensors", "m.npz", "m.mat", "m.tiff", "m.csv"] {
        let result = try SvaeCommand.run(["export", "run", "--out", name], in: folder)
        #expect(result.status == 0 && result.messages == "wrote \(name)\n", "\(result.messages)")
        #expect(result.output.isEmpty)
      }
      let onnx = try SvaeCommand.run(["export", "run", "--to", "onnx", "--out", "m"], in: folder)
      #expect(onnx.messages == "wrote m\nwrote m.decoder.onnx\n")
      let quiet = try SvaeCommand.run(["export", "run", "-q", "--out", "q.onnx"], in: folder)
      #expect(quiet.status == 0 && quiet.messages.isEmpty && quiet.output.isEmpty)
      #expect(
        try paths(below: folder).filter { !$0.hasPrefix("run") && !$0.hasPrefix("folder") } == [
          "m", "m.csv", "m.decoder.onnx", "m.mat", "m.npz", "m.safetensors", "m.tiff",
          "q.decoder.onnx", "q.onnx", "text",
        ])
    }
  }

  @Test func `an export replaces a file whole, or leaves it`() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      let old = Data("old".utf8)
      try old.write(to: folder.appending(path: "m.npz"))
      // The limit on a file's size stands for a full disk.
      let full = try SvaeCommand.run(
        ["export", "run", "--out", "m.npz"], in: folder, prelude: "trap '' XFSZ; ulimit -f 4")
      #expect(full.status == 1, "\(full.messages)")
      #expect(try Data(contentsOf: folder.appending(path: "m.npz")) == old)
      let good = try SvaeCommand.run(["export", "run", "--out", "m.npz"], in: folder)
      #expect(good.status == 0)
      #expect(try Data(contentsOf: folder.appending(path: "m.npz")).starts(with: [0x50, 0x4B]))
      #expect(try paths(below: folder).allSatisfy { !$0.hasPrefix(".") })
    }
  }

  @Test func `a name may be as long as the file system allows`() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      for name in [String(repeating: "n", count: 251), String(repeating: "ñ", count: 125)] {
        let result = try SvaeCommand.run(["export", "run", "--out", name + ".npz"], in: folder)
        #expect(result.status == 0, "\(result.messages)")
        #expect(try paths(below: folder).contains(name + ".npz"))
      }
    }
  }

  @Test func `an unfinished run says how to finish it`() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      try FileManager.default.removeItem(at: folder.appending(path: "run/model.safetensors"))
      let result = try SvaeCommand.run(["export", "run", "--out", "m.npz"], in: folder)
      #expect(result.status == 1)
      #expect(result.messages.contains("finish it with svae train --resume run"))
    }
  }

  @Test func `an imported run can be evaluated, drawn, and used`() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      let made = try SvaeCommand.run(
        ["import", "run/model.safetensors", "--out", "again", "--noise-scale", "0.5"], in: folder)
      #expect(made.status == 0, "\(made.messages)")
      #expect(made.messages.contains("imported 16 filters of 8 × 8 pixels; laplace prior"))
      #expect(made.messages.contains("noise of scale 0.5\nwrote again\n"))
      for arguments in [
        ["sample", "again", "--count", "9", "--out", "x.npy"],
        ["encode", "again", "--treated", "--input", "x.npy", "--out", "z.npy"],
        ["decode", "again", "--input", "z.npy", "--out", "y.npy"],
        ["filters", "again", "--out", "f.png"], ["evaluate", "again", "--json"],
        ["compare", "run", "again", "--out", "c"],
      ] {
        let result = try SvaeCommand.run(arguments, in: folder)
        #expect(result.status == 0, "\(arguments): \(result.messages)")
      }
      let resumed = try SvaeCommand.run(["train", "--resume", "again"], in: folder)
      #expect(resumed.status == 1 && resumed.messages.contains("cannot be trained further"))
    }
  }

  @Test func `a run can be watched by TensorBoard, and a resumed one goes on with it`() throws {
    try withTemporaryFolder { folder in
      let arguments = ["train"] + SvaeCommand.small + ["--epochs", "150", "--tensorboard"]
      let stopped = try SvaeCommand.run(arguments + ["--out", "run"], in: folder) { process in
        try waitForCheckpoint(in: folder.appending(path: "run"), of: process)
        process.interrupt()
      }
      #expect(stopped.status == 130, "\(stopped.messages)")
      let events = folder.appending(path: "run/tensorboard")
      #expect(try paths(below: events).count == 1)
      #expect(try SvaeCommand.run(["train", "--resume", "run"], in: folder).status == 0)
      let files = try paths(below: events)
      #expect(files.count == 2 && files.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
    }
  }

  /// A small finished run, an empty folder, and a file that is no model.
  private func prepare(_ folder: URL) throws {
    try SharedRuns.put("run", in: folder)
    let other = folder.appending(path: "folder")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    try Data("text".utf8).write(to: other.appending(path: "text"))
    try Data("text".utf8).write(to: folder.appending(path: "text"))
  }
}
