import Foundation
import ImageData
import TestSupport
import Testing

/// Patches that a run was not trained on: treated alike, refused where they cannot be, and where
/// their scale is another.
@Suite(.serialized) struct PatchScaleTests {
  private func run(_ arguments: String, in folder: URL) throws -> SvaeCommand.Result {
    try SvaeCommand.run(arguments.split(separator: " ").map(String.init), in: folder)
  }

  private func array(_ name: String, in folder: URL) throws -> NumPyArray<Float> {
    try NumPyArray(contentsOf: folder.appending(path: name))
  }

  /// Writes `name` with every number changed.
  private func write(
    _ array: NumPyArray<Float>, as name: String, in folder: URL, _ change: (Float) -> Float
  ) throws {
    try NumPyArray(shape: array.shape, elements: array.elements.map(change))
      .write(to: folder.appending(path: name))
  }

  @Test func `raw patches are refused where images are whitened`() throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("a", in: folder)
      let written = try run("data patches a --out t.npy --raw r.npy", in: folder)
      #expect(written.status == 0, "\(written.messages)")
      let raw = try array("r.npy", in: folder)
      try write(raw, as: "levels.npy", in: folder) { $0 * 255 }
      for name in ["r.npy", "levels.npy"] {
        for command in ["encode a", "reconstruct a"] {
          let refused = try run("\(command) --input \(name) --out z.npy", in: folder)
          #expect(refused.status == 1)
          #expect(refused.messages.contains("\(name): holds patches, but this run whitened whole"))
          #expect(refused.messages.contains("--treated"))
        }
        let measured = try run("evaluate a --data \(name) --json", in: folder)
        #expect(measured.status == 1 && measured.output.isEmpty)
        #expect(measured.messages.contains("holds patches"), "\(measured.messages)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "z.npy").path))
      // The run's own test patches give its own numbers.
      let own = try run("evaluate a --json", in: folder)
      let same = try run("evaluate a --data t.npy --treated --json", in: folder)
      #expect(same.status == 0, "\(same.messages)")
      func numbers(_ text: String) throws -> [String: Double] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(object as? [String: Any]).compactMapValues { $0 as? Double }
      }
      let (mine, theirs) = (try numbers(own.output), try numbers(same.output))
      #expect(mine["elbo"] == theirs["elbo"] && mine["snrDecibels"] == theirs["snrDecibels"])
      let untreated = try run("encode a --treated --input r.npy --out z.npy", in: folder)
      #expect(untreated.messages.contains("they may not be treated yet"))
    }
  }

  @Test func `patches are treated as in training, and another scale is noticed`() throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("zca", of: SvaeCommand.small + ["--whitening", "zca"], in: folder)
      _ = try run("data patches zca --out t.npy --raw r.npy", in: folder)
      let raw = try array("r.npy", in: folder)
      #expect(try run("encode zca --input r.npy --out z.npy -q", in: folder).status == 0)
      #expect(try run("encode zca --treated --input t.npy --out w.npy", in: folder).status == 0)
      let (z, w) = (try array("z.npy", in: folder), try array("w.npy", in: folder))
      #expect(zip(z.elements, w.elements).allSatisfy { abs($0 - $1) < 1e-3 })
      // Levels without a type that tells: refused, with what to do.
      try write(raw, as: "levels.npy", in: folder) { $0 * 255 }
      for command in ["encode zca", "reconstruct zca"] {
        let refused = try run("\(command) --input levels.npy --out y.npy", in: folder)
        #expect(refused.status == 1 && refused.messages.contains("divide them by 255"))
        #expect(refused.messages.contains("levels.npy: the variance of the pixels is"))
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "y.npy").path))
      let taken = try run("encode zca --any-scale --input levels.npy --out y.npy", in: folder)
      #expect(taken.status == 0, "\(taken.messages)")
      try write(raw, as: "double.npy", in: folder) { $0 * 2 }
      let suspect = try run("encode zca --input double.npy --out y.npy -q", in: folder)
      #expect(suspect.status == 0 && suspect.messages.contains("times larger than in training"))
      try write(raw, as: "small.npy", in: folder) { $0 / 255 }
      let small = try run("encode zca --input small.npy --out s.npy", in: folder)
      #expect(small.status == 1 && small.messages.contains("multiply them by 255"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "s.npy").path))
      // Of whitened images, values are not set beside those of training images.
      try SharedRuns.put("a", in: folder)
      try write(NumPyArray(contentsOf: SmallPictures.file), as: "dim.npy", in: folder) { $0 / 4 }
      let dim = try run("encode a --input dim.npy --out d.npy --arrays images", in: folder)
      #expect(dim.status == 0, "\(dim.messages)")
      #expect(dim.messages.contains("smaller than in training after whitening: codes"))
      try write(z, as: "large.npy", in: folder) { $0 * 1000 }
      let decoded = try run("decode zca --input large.npy --out y2.npy", in: folder)
      #expect(decoded.status == 1 && decoded.messages.contains("large.npy, decoded"))
    }
  }

  @Test func `bytes are brought to the scale of the training data by their type`() throws {
    try withTemporaryFolder { folder in
      let count = 600
      let levels = (0..<count * 64).map { index -> UInt8 in
        let (patch, pixel) = (index / 64, index % 64)
        let level: Int = patch * 37 + pixel * (patch % 7 + 1) * 3 + pixel * pixel
        return UInt8(level % 256)
      }
      let floats = NumPyArray(shape: [count, 8, 8], elements: levels.map(Float.init))
      try floats.write(to: folder.appending(path: "floats.npy"))
      var bytes = npy([count, 8, 8], [Float]())
      bytes.replaceSubrange(try #require(bytes.range(of: Data("<f4".utf8))), with: Data("|u1".utf8))
      try (bytes + Data(levels)).write(to: folder.appending(path: "bytes.npy"))
      for (training, other) in [("floats", "bytes"), ("bytes", "floats")] {
        let trained = try run(
          "train \(training).npy --out \(training) --latents 8 --trunk 16 --epochs 1 -q "
            + "--threads 1", in: folder)
        #expect(trained.status == 0, "\(trained.messages)")
        for name in [training, other] {
          let out = try run(
            "encode \(training) --input \(name).npy --out \(training)-\(name).npy", in: folder)
          // Floats do not tell that they are levels.
          #expect(
            out.status == (training == "bytes" && name == "floats" ? 1 : 0), "\(out.messages)")
        }
      }
      let (a, b) = (
        try array("floats-floats.npy", in: folder), try array("floats-bytes.npy", in: folder)
      )
      #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test func `whole images are whitened as in training`() throws {
    try withTemporaryFolder { folder in
      let arguments = [
        SmallPictures.file.path, "--arrays", "patches", "--whitening", "olshausen-field",
        "--latents", "8", "--trunk", "16", "--epochs", "1", "--threads", "1",
      ]
      try SharedRuns.put("whole", of: arguments, in: folder)
      let written = try run("data patches whole --split train --out t.npy --raw r.npy", in: folder)
      #expect(written.status == 0, "\(written.messages)")
      #expect(try run("encode whole --input r.npy --out z.npy", in: folder).status == 0)
      #expect(try run("encode whole --treated --input t.npy --out w.npy", in: folder).status == 0)
      let (z, w) = (try array("z.npy", in: folder), try array("w.npy", in: folder))
      #expect(zip(z.elements, w.elements).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test func `a picture of another scale is not denoised in silence`() throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("a", in: folder)
      let picture = NumPyArray(
        shape: [32, 32],
        elements: (0..<1024).map { (pixel: Int) -> Float in Float((pixel * 7 + pixel / 8) % 256) })
      try picture.write(to: folder.appending(path: "p.npy"))
      let refused = try run("denoise a --input p.npy --noise-sigma 25 --out c.npy", in: folder)
      #expect(refused.status == 1 && refused.messages.contains("divide them by 255"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "c.npy").path))
    }
  }
}
