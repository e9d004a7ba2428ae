import Foundation
import TestSupport
import Testing

/// From training to figures, as in the manual.
@Suite(.serialized) struct WorkflowTests {
  /// The names that scripts rely on.
  static let promised: Set<String> = [
    "latents", "elbo", "negativeLogLikelihood", "kl", "snrDecibels", "lambda", "temperature",
    "activeFilters", "activeUnits", "activeUnitsScaleFree", "klActive", "informative", "strong",
    "spikes", "gaborLike", "gaborLikeStrict", "activeUnitsThreshold",
    "activeUnitsScaleFreeThreshold", "klActiveThreshold", "informativeThreshold",
    "strongThreshold", "spikesThreshold", "gaborLikeThreshold", "gaborLikeStrictThreshold",
  ]

  @Test func `train, evaluate, filters and data do what they say`() throws {
    try withTemporaryFolder { folder in
      let trained = try SvaeCommand.run(["train"] + SvaeCommand.small + ["--out", "a"], in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      // One line of result; everything else is for people, and no bar where there is no terminal.
      #expect(trained.output.split(separator: "\n").count == 1)
      #expect(trained.output.contains(" of 16 filters are active"))
      for part in [
        "svae-pictures-", "λ", "temperature", "epoch", "a/filters.png", "a/model.safetensors",
      ] {
        #expect(trained.messages.contains(part), "\(part)")
      }
      #expect(!trained.messages.contains("\r") && !trained.messages.contains("\u{1B}"))

      let evaluated = try SvaeCommand.run(["evaluate", "a", "--json"], in: folder)
      #expect(evaluated.status == 0 && evaluated.messages.isEmpty)
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any])
      #expect(Self.promised.subtracting(object.keys).isEmpty)
      for (name, value) in object {
        let number = value as? Double
        #expect(number?.isFinite == true || value is NSNull, "\(name): \(value)")
      }
      #expect(object["latents"] as? Int == 16)
      let parts = ["elbo", "negativeLogLikelihood", "kl"].compactMap { object[$0] as? Double }
      #expect(abs(parts[0] + parts[1] + parts[2]) < 1e-6 * abs(parts[0]))
      let table = try SvaeCommand.run(["evaluate", "a"], in: folder)
      #expect(table.status == 0 && table.output.contains("active filters"))
      // The same numbers on two threads.
      #expect(
        try SvaeCommand.run(["evaluate", "a", "--json", "--threads", "2"], in: folder).output
          == evaluated.output)

      for (name, magic) in [
        ("f.png", [0x89, 0x50, 0x4E, 0x47]), ("f.svg", Array("<".utf8)),
        ("f.pdf", Array("%PDF".utf8)), ("f.npy", [0x93] + Array("NUMPY".utf8)),
      ] as [(String, [UInt8])] {
        let drawn = try SvaeCommand.run(["filters", "a", "--out", name], in: folder)
        #expect(drawn.status == 0 && drawn.messages == "wrote \(name)\n", "\(drawn.messages)")
        let data = try Data(contentsOf: folder.appending(path: name))
        #expect(data.starts(with: magic), "\(name)")
      }
      let numbers = try Data(contentsOf: folder.appending(path: "f.npy"))
      let text = String(decoding: numbers.prefix(128), as: UTF8.self)
      #expect(text.contains("'<f4'") && text.contains("(16, 64)"))
      #expect(numbers.count % 64 == 0 && numbers.count == 128 + 16 * 64 * 4)

      let data = try SvaeCommand.run(
        ["data", "--patch-size", "8", "--patches", "1000", "--out", "sheet.png"], in: folder)
      #expect(data.status == 0 && data.messages.contains("wrote sheet.png"))
      #expect(data.output.contains("training") && data.output.contains("standard deviation"))
      #expect(
        try Data(contentsOf: folder.appending(path: "sheet.png")).starts(with: [0x89, 0x50]))
    }
  }

  @Test func `quiet prints results only`() throws {
    try withTemporaryFolder { folder in
      let trained = try SvaeCommand.run(
        ["train", "-q", "--out", "a"] + SvaeCommand.small, in: folder)
      #expect(trained.status == 0 && trained.messages.isEmpty, "\(trained.messages)")
      #expect(trained.output.split(separator: "\n").count == 1)
      let drawn = try SvaeCommand.run(["filters", "a", "--out", "f.svg", "--quiet"], in: folder)
      #expect(drawn.status == 0 && drawn.messages.isEmpty && drawn.output.isEmpty)
    }
  }

  @Test func `a run from its config_yaml and one on other threads are the same to the byte`() throws
  {
    try withTemporaryFolder { folder in
      for (name, arguments) in [
        ("a", SvaeCommand.small + ["--constraint", "weight-norm", "--learn-gain", "--seed", "9"]),
        ("b", ["--config", "a/config.yaml", "--threads", "2"]),
      ] {
        let result = try SvaeCommand.run(["train", "-q", "--out", name] + arguments, in: folder)
        #expect(result.status == 0, "\(result.messages)")
      }
      for file in ["model.safetensors", "config.yaml", "filters.png"] {
        let copies = try ["a", "b"].map {
          try Data(contentsOf: folder.appending(path: "\($0)/\(file)"))
        }
        #expect(copies[0] == copies[1], "\(file)")
      }
    }
  }

  @Test func `later settings win: file, then set, then options`() throws {
    try withTemporaryFolder { folder in
      try Data("model: {latents: 5}\ntraining: {epochs: 5, batchSize: 50}\n".utf8)
        .write(to: folder.appending(path: "c.yaml"))
      let result = try SvaeCommand.run(
        [
          "data", "--config", "c.yaml", "--set", "training.epochs=6", "--set", "model.latents=6",
          "--latents", "7", "--patch-size", "8", "--patches", "500",
        ], in: folder)
      #expect(result.output.contains("7 latents"), "\(result.output)\(result.messages)")
      #expect(result.output.contains("6 epochs of batches of 50"), "\(result.output)")
    }
  }

  @Test func `a run without a name is named for its data`() throws {
    try withTemporaryFolder { folder in
      for number in 1...2 {
        let result = try SvaeCommand.run(
          ["train", "-q"] + SvaeCommand.small.dropFirst(), in: folder)
        #expect(result.status == 0, "\(result.messages)")
        #expect(
          FileManager.default.fileExists(
            atPath: folder.appending(path: "runs/dead-leaves-\(number)/model.safetensors").path))
      }
    }
  }

  @Test func `an interrupted run saves a checkpoint, says how to go on, and does to the byte`()
    throws
  {
    try withTemporaryFolder { folder in
      let arguments = ["train"] + SvaeCommand.small + ["--epochs", "150"]
      let stopped = try SvaeCommand.run(arguments + ["--out", "part"], in: folder) { process in
        try waitForCheckpoint(in: folder.appending(path: "part"), of: process)
        process.interrupt()
      }
      #expect(stopped.status == 130, "\(stopped.messages)")
      #expect(stopped.messages.contains("a checkpoint is saved"))
      #expect(stopped.messages.contains("svae train --resume part\n"))
      #expect(stopped.output.isEmpty)
      #expect(
        !FileManager.default.fileExists(
          atPath: folder.appending(path: "part/model.safetensors").path))

      let unfinished = try SvaeCommand.run(["evaluate", "part"], in: folder)
      #expect(unfinished.status == 1)
      #expect(unfinished.messages.contains("finish it with svae train --resume part"))
      let changed = try SvaeCommand.run(
        ["train", "--resume", "part", "--epochs", "3"], in: folder)
      #expect(changed.status == 64 && changed.messages.contains("cannot be changed"))

      let resumed = try SvaeCommand.run(
        ["train", "--resume", "part", "--threads", "2"], in: folder)
      #expect(resumed.status == 0, "\(resumed.messages)")
      #expect(try SvaeCommand.run(arguments + ["--out", "whole"], in: folder).status == 0)
      let models = try ["part", "whole"].map {
        try Data(contentsOf: folder.appending(path: "\($0)/model.safetensors"))
      }
      #expect(models[0] == models[1])
    }
  }
}
