import Foundation
import TestSupport
import Testing

/// What people do wrong, what they are told, and that nothing is left behind.
@Suite(.serialized) struct FailureTests {
  static let mistakes = [
    Mistake("train --bogus", 64, "Unknown option '--bogus'"),
    Mistake("train --latents many", 64, "'many' is invalid for '--latents"),
    Mistake("train --constraint tight", 64, "'tight'", "unit-norm", "variance-matching"),
    Mistake("train --prior normal", 64, "'normal'", "laplace", "spike-and-slab"),
    Mistake("train --trunk 8,x", 64, "'8,x' is invalid for '--trunk", "such as 512,512"),
    Mistake("train --threads 0", 64, "--threads 0", "from 1 to 1024"),
    Mistake("train --resume a photos", 64, "--resume"),
    Mistake("evaluate", 64, "<run>"),
    Mistake("evaluate run --likelihood --bound best", 64, "best", "'ais', 'iwae' or 'elbo'"),
    Mistake("evaluate run --likelihood --chains 0", 64, "--chains 0", "from 1 to 10000"),
    Mistake("evaluate run --temperatures 10", 64, "--temperatures", "goes with --likelihood"),
    Mistake("evaluate run --likelihood --samples 5", 64, "--bound iwae, not ais"),
    Mistake("evaluate run --likelihood --bound elbo --chains 5", 64, "--bound ais, not elbo"),
    Mistake("filters a", 64, "--out"),
    Mistake("bogus", 64, "bogus"),
    Mistake("trian", 64, "Unknown command 'trian'. Did you mean 'svae train'?"),
    Mistake("help trian", 64, "Unknown command 'trian'. Did you mean 'svae train'?"),
    Mistake("help data lits", 64, "Did you mean 'svae data list'?"),
    Mistake("hlep", 64, "Did you mean 'svae help'?"),
    Mistake("help bogus", 64, "Unknown command 'bogus'"),
    Mistake("sparse-code encod x", 64, "Did you mean 'svae sparse-code encode'?"),
    Mistake("data lits", 64, "Did you mean 'svae data list'?"),
    Mistake("train --lambda 0", 64, "--lambda 0.0", "more than 0"),
    Mistake("train --lambda 1 --noise-scale 1", 64, "all say the noise"),
    Mistake("train --noise-log-scale 0 --noise-scale 1", 64, "all say the noise"),
    Mistake("train --overcomplete 2 --latents 9", 64, "both say how many"),
    Mistake("train --overcomplete 9999999 --out new", 1, "model.latents is"),
    Mistake("train --init-from none --out new", 1, "none: no such folder"),
    Mistake("train --init-from full --out new", 1, "full: is not a run folder"),
    Mistake("train --latents 0 --out new", 1, "model.latents is 0; expected from 1 to 1,000,000"),
    Mistake("train --epochs 0 --out new", 1, "training.epochs is 0; expected from 1"),
    Mistake("train --batch 0 --out new", 1, "training.batchSize is 0; expected from 1"),
    Mistake("train --learning-rate 0 --out new", 1, "training.learningRate is 0"),
    Mistake("train --prior-scale 0 --out new", 1, "model.priorScale is 0"),
    Mistake("train --patch-size 1 --out new", 1, "data.patchSize is 1; expected from 4"),
    Mistake(
      "train --patch-size 9000000000000000000 --out new", 1, "data.patchSize is 9000000000000000000"
    ),
    Mistake(
      "train --set model.latent=3 --out new", 1,
      "unknown setting model.latent; did you mean model.latents?"),
    Mistake("train --config none.yaml --out new", 1, "none.yaml: no such file"),
    Mistake("train none --out new", 1, "none: no such file or folder"),
    Mistake("train empty --out new", 1, "empty: no ", "found; give a folder"),
    Mistake("train --out full", 1, "full: exists but is not a run folder", "--out"),
    Mistake("train --out full/text", 1, "full/text: is a file", "--out"),
    Mistake("train --resume full", 1, "full: is not a run folder"),
    Mistake("evaluate none", 1, "none: no such folder"),
    Mistake("filters full --out f.png", 1, "full: is not a run folder"),
    Mistake("train full --out new", 1, "full: no ", "found; give a folder"),
    Mistake("data --patch-size 8 --patches 500 --out x.gif", 1, "x.gif: ", ".png"),
  ]

  @Test(arguments: mistakes) func `a mistake ends in its exit code and a message, and no file`(
    _ mistake: Mistake
  ) throws {
    try withTemporaryFolder { folder in
      for name in ["empty", "full"] {
        try FileManager.default.createDirectory(
          at: folder.appending(path: name), withIntermediateDirectories: true)
      }
      try Data("text".utf8).write(to: folder.appending(path: "full/text"))
      let before = try paths(below: folder)
      let result = try SvaeCommand.run(mistake.arguments, in: folder)
      #expect(result.status == mistake.status, "\(result.messages)")
      #expect(result.messages.contains("Error: "))
      for part in mistake.message {
        #expect(result.messages.contains(part), "\(result.messages)")
      }
      #expect(!result.messages.contains("Optional(") && !result.messages.contains("NSError"))
      #expect(try paths(below: folder) == before)
    }
  }

  /// Files that begin well and end early.
  static let corrupt: [(name: String, bytes: [UInt8])] = [
    ("cut.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0x46, 0x49, 0x46, 0x00, 0x01]),
    (
      "cut.png",
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48]
    ),
    (
      "cut-idx3-ubyte",
      [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 8] + [UInt8](repeating: 7, count: 100)
    ),
  ]

  @Test(arguments: corrupt.map(\.name)) func `a damaged image is named, and nothing is written`(
    _ name: String
  ) throws {
    try withTemporaryFolder { folder in
      let images = folder.appending(path: "images")
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
      let bytes = Self.corrupt.first { $0.name == name }?.bytes ?? []
      try Data(bytes).write(to: images.appending(path: name))
      for command in [["train", "images"], ["train", "images/\(name)"], ["data", "images"]] {
        let result = try SvaeCommand.run(
          command + (command[0] == "train" ? ["--out", "new"] : []), in: folder)
        #expect(result.status == 1, "\(command): \(result.output)\(result.messages)")
        #expect(
          result.messages.contains("Error: ") && result.messages.contains(name),
          "\(result.messages)")
      }
      #expect(try paths(below: folder) == ["images", "images/\(name)"])
    }
  }

  @Test func `images smaller than the patch are named with both sizes`() throws {
    try withTemporaryFolder { folder in
      // A picture by the command itself, far smaller than the patch.
      let made = try SvaeCommand.run(
        [
          "data", SmallPictures.file.path, "--patch-size", "8", "--patches", "500", "--out",
          "sheet.png", "-q",
        ], in: folder)
      #expect(made.status == 0)
      let result = try SvaeCommand.run(
        ["train", "sheet.png", "--patch-size", "1000", "--patches", "20", "--out", "new"],
        in: folder)
      #expect(result.status == 1)
      #expect(result.messages.contains("sheet.png: only "), "\(result.messages)")
      #expect(result.messages.contains("patches of 1000 × 1000"), "\(result.messages)")
      #expect(try paths(below: folder) == ["sheet.png"])
    }
  }

  @Test(.needs("a build without a sanitizer", isThere: !isSanitized))
  func `too little address space is an error, and none that never ends`() throws {
    try withTemporaryFolder { folder in
      var statuses: Set<Int32> = []
      // In kB; OpenBLAS takes 128 MB of it.
      for limit in Array(stride(from: 300_000, through: 700_000, by: 40_000)) + [4_000_000] {
        let result = try SvaeCommand.run(
          [
            "-c", "ulimit -v \(limit); exec timeout 60 \"$0\" train --out run-\(limit) \"$@\"",
            SvaeCommand.executable.path,
          ] + SvaeCommand.small, in: folder, shell: true)
        statuses.insert(result.status)
        #expect([0, 1].contains(result.status), "\(limit): \(result.messages)")
        #expect(
          result.messages.contains("MB of address space (--threads 1), which cannot be had")
            == (result.status == 1), "\(limit): \(result.messages)")
      }
      #expect(statuses.count == 2)
    }
  }

  /// The limit on a file's size stands for a full disk: both fail in the midst of a write.
  @Test func `a disk that fills up leaves the last checkpoint whole`() throws {
    try withTemporaryFolder { folder in
      let arguments = ["train"] + SvaeCommand.small + ["--epochs", "4"]
      #expect(try SvaeCommand.run(arguments + ["--out", "whole"], in: folder).status == 0)
      let full = try SvaeCommand.run(
        arguments + ["--out", "full"], in: folder, prelude: "trap '' XFSZ; ulimit -f 16")
      #expect(full.status == 1, "\(full.messages)")
      #expect(full.messages.contains("cannot be written: "), "\(full.messages)")
      #expect(full.messages.contains("full/checkpoints/step-"), "\(full.messages)")
      #expect(
        try paths(below: folder.appending(path: "full"))
          == ["checkpoints", "config.yaml", "data.json"])

      // With a checkpoint there already: it stays, and the run goes on from it.
      try FileManager.default.removeItem(at: folder.appending(path: "full"))
      let stopped = try SvaeCommand.run(arguments + ["--out", "full"], in: folder) { process in
        try waitForCheckpoint(in: folder.appending(path: "full"), of: process)
        process.interrupt()
      }
      let checkpoints = folder.appending(path: "full/checkpoints")
      let before = try paths(below: checkpoints)
      if stopped.status == 130 {
        let again = try SvaeCommand.run(
          ["train", "--resume", "full"], in: folder, prelude: "trap '' XFSZ; ulimit -f 16")
        #expect(again.status == 1 && again.messages.contains("cannot be written"))
        #expect(try paths(below: checkpoints) == before)
      }
      #expect(try SvaeCommand.run(["train", "--resume", "full"], in: folder).status == 0)
      let models = try ["whole", "full"].map {
        try Data(contentsOf: folder.appending(path: "\($0)/model.safetensors"))
      }
      #expect(models[0] == models[1])
    }
  }
}

/// Waits until a run has its first checkpoint, or has ended.
func waitForCheckpoint(in run: URL, of process: Process) throws {
  while process.isRunning {
    let found = (try? paths(below: run.appending(path: "checkpoints"))) ?? []
    if found.contains(where: { $0.hasPrefix("step-") }) { return }
    usleep(500)
  }
}
