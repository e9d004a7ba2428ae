import Foundation
import TestSupport
import Testing

/// Arrays from files and pipes: how they are understood, and what goes through a model.
@Suite(.serialized) struct ArrayTests {
  /// Numbers with some structure, from a linear congruence.
  private func floats(_ count: Int) -> [Float] {
    var (state, level) = (UInt64(1), Float(0))
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      level = 0.9 * level + Float(state >> 40) / Float(1 << 24) - 0.5
      return level
    }
  }

  private func run(_ arguments: String, in folder: URL) throws -> SvaeCommand.Result {
    try SvaeCommand.run(arguments.split(separator: " ").map(String.init), in: folder)
  }

  @Test func `axes, height and names are chosen by option, and explained where they are not`()
    throws
  {
    try withTemporaryFolder { folder in
      let settings = "--patch-size 8 --patches 200"
      try npy([300, 60], floats(18_000)).write(to: folder.appending(path: "rows.npy"))
      let unclear = try run("data rows.npy \(settings)", in: folder)
      #expect(unclear.status == 1 && unclear.messages.contains("--patch-height"))
      let rows = try run("data rows.npy --patch-height 6 \(settings)", in: folder)
      #expect(rows.output.contains("300 of 6 × 10 pixels"), "\(rows.messages)")
      let wrong = try run("data rows.npy --patch-height 7 \(settings)", in: folder)
      #expect(wrong.messages.contains("the height must divide 60"), "\(wrong.messages)")

      try npy([50, 50, 20], floats(50_000)).write(to: folder.appending(path: "stack.npy"))
      let stack = try run("data stack.npy \(settings)", in: folder)
      #expect(stack.status == 1 && stack.messages.contains("--image-axis first or last"))
      #expect(stack.messages.contains("50 images of 50 × 20"), "\(stack.messages)")
      let last = try run("data stack.npy --image-axis last \(settings)", in: folder)
      #expect(last.output.contains("20 of 50 × 50 pixels"), "\(last.messages)")
      let whole = try run(
        "data stack.npy --image-axis last --arrays patches \(settings)", in: folder)
      #expect(
        whole.output.contains("patches       50 × 50 pixels; 16 training"), "\(whole.messages)")

      let trained = try run(
        "train stack.npy --image-axis last --linear --whitening none --out a -q --latents 8 "
          + "--trunk 16 --epochs 1 \(settings)", in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      let config = try String(contentsOf: folder.appending(path: "a/config.yaml"), encoding: .utf8)
      for line in ["imageAxis: last", "luminance: linear", "whitening: none"] {
        #expect(config.contains(line), "\(line)")
      }
      // The run repeats itself from its configuration, and says its luminance.
      #expect(
        try run("data --config a/config.yaml", in: folder).output.contains("sRGB's gamma undone"))
      let evaluated = try run(
        "evaluate a --data stack.npy --image-axis first --arrays images", in: folder)
      #expect(evaluated.status == 0, "\(evaluated.messages)")

      let archive = try run("sample a --count 3 --out s.npz", in: folder)
      #expect(archive.status == 0, "\(archive.messages)")
      let named = try run("reconstruct a --input s.npz --variable z --out r.npy", in: folder)
      #expect(
        named.status == 1 && named.messages.contains("holds no variable z; there are: patches"))
    }
  }

  @Test func `every way in and out gives the same codes`() throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("a", in: folder)
      let patches = floats(64 * 5000)
      try npy([5000, 64], patches).write(to: folder.appending(path: "x.npy"))
      try npy([5000, 8, 8], patches).write(to: folder.appending(path: "x3.npy"))
      #expect(try run("encode a --treated --input x.npy --out z.npy -q", in: folder).status == 0)
      let codes = try Data(contentsOf: folder.appending(path: "z.npy"))
      #expect(codes.count == 128 + 5000 * 16 * 4)
      // A pipe: nothing but the array on standard output, and progress on standard error.
      let piped = try SvaeCommand.run(
        [
          "-c",
          "cat x3.npy | \"\(SvaeCommand.executable.path)\" encode a --treated --input - --out - > p.npy",
        ],
        in: folder, shell: true)
      #expect(piped.status == 0 && piped.messages.contains("5000 patches in "), "\(piped.messages)")
      #expect(try Data(contentsOf: folder.appending(path: "p.npy")) == codes)
      for (ending, name) in [("npz", "codes"), ("mat", "codes")] {
        let out = try run("encode a --treated --input x3.npy --out z.\(ending) -q", in: folder)
        #expect(out.status == 0, "\(out.messages)")
        let back = try run(
          "decode a --input z.\(ending) --variable \(name) --out y-\(ending).npy -q", in: folder)
        #expect(back.status == 0, "\(back.messages)")
      }
      #expect(try run("decode a --input z.npy --out y.npy -q", in: folder).status == 0)
      let decoded = try Data(contentsOf: folder.appending(path: "y.npy"))
      #expect(decoded.count == 128 + 5000 * 64 * 4)
      for ending in ["npz", "mat"] {
        #expect(try Data(contentsOf: folder.appending(path: "y-\(ending).npy")) == decoded)
      }
      // Images by MATLAB's custom, and back: the same patches.
      #expect(
        try run("reconstruct a --treated --input x3.npy --out r.mat -q", in: folder).status == 0)
      #expect(try run("encode a --input r.mat --treated --out q.npy -q", in: folder).status == 0)
      #expect(
        try run("reconstruct a --treated --input x.npy --out r.npy -q", in: folder).status == 0)
      #expect(try run("encode a --input r.npy --treated --out w.npy -q", in: folder).status == 0)
      #expect(
        try Data(contentsOf: folder.appending(path: "q.npy"))
          == Data(contentsOf: folder.appending(path: "w.npy")))
    }
  }

  @Test func `pictures are cut into patches side by side`() throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("a", in: folder)
      #expect(try run("sample a --count 20 --out sheet.png -q", in: folder).status == 0)
      let encoded = try run("encode a --input sheet.png --out z.npy", in: folder)
      #expect(encoded.status == 0, "\(encoded.messages)")
      let refused = try run("decode a --input sheet.png --out y.npy", in: folder)
      #expect(refused.status == 1 && refused.messages.contains("holds no array of codes"))
      let ending = try run("encode a --input sheet.png --out z.csv", in: folder)
      #expect(ending.status == 1 && ending.messages.contains("known are .npy, .npz and .mat"))
      let missing = try run("encode a --input none.npy --out z2.npy", in: folder)
      #expect(missing.status == 1 && missing.messages.contains("none.npy: no such file or folder"))
      #expect(!(try paths(below: folder)).contains("z.csv"))
    }
  }

  @Test func `unreadable files are named, and left out only where that is asked for`() throws {
    try withTemporaryFolder { folder in
      let photos = folder.appending(path: "photos")
      try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
      for number in 0..<4 {
        let made = try run(
          "data \(SmallPictures.file.path) --patch-size 8 --patches 300 --seed \(number) "
            + "--out photos/\(number).png", in: folder)
        #expect(made.status == 0)
      }
      try Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 16]).write(to: photos.appending(path: "broken.jpg"))
      // A loop of links, and one that leads nowhere.
      try FileManager.default.createSymbolicLink(
        at: photos.appending(path: "loop"), withDestinationURL: photos)
      try FileManager.default.createSymbolicLink(
        at: photos.appending(path: "lost.png"),
        withDestinationURL: photos.appending(path: "nowhere"))
      let settings = "--patch-size 8 --patches 300"
      let strict = try run("data photos \(settings)", in: folder)
      #expect(strict.status == 1, "\(strict.output)")
      let lenient = try run("data photos \(settings) --skip-unreadable", in: folder)
      #expect(lenient.status == 0, "\(lenient.messages)")
      #expect(lenient.output.contains("images        4 of "), "\(lenient.output)")
      for name in ["broken.jpg", "lost.png", "2 images were left out"] {
        #expect(lenient.output.contains(name), "\(name)")
      }
      try SharedRuns.put("a", in: folder)
      #expect(try run("evaluate a --data photos", in: folder).status == 1)
      let evaluated = try run("evaluate a --data photos --skip-unreadable", in: folder)
      #expect(evaluated.status == 0, "\(evaluated.messages)")
      for name in ["broken.jpg", "lost.png"] {
        #expect(evaluated.messages.contains("left out: ") && evaluated.messages.contains(name))
      }
    }
  }
}
