import Foundation
import ImageData
import TestSupport
import Testing

/// Images in colour from training to exports.
@Suite(.serialized) struct ColourCommandTests {
  private func run(_ arguments: String, in folder: URL) throws -> SvaeCommand.Result {
    try SvaeCommand.run(arguments.split(separator: " ").map(String.init), in: folder)
  }

  /// `[12, 64, 64, 3]`: the small pictures, each in colours of its own mixed with its neighbours.
  private func writePictures(in folder: URL) throws {
    let grey = try NumPyArray<Float>(contentsOf: SmallPictures.file)
    let area = 64 * 64
    let colours = (0..<12 * area).flatMap { place in
      (1...3).map { shift in
        let other = (place + shift * area) % grey.elements.count
        return 0.7 * grey.elements[place] + 0.3 * grey.elements[other]
      }
    }
    try NumPyArray(shape: [12, 64, 64, 3], elements: colours)
      .write(to: folder.appending(path: "x.npy"))
    try RasterImage(contentsOf: try first(colours, in: folder), colour: .rgb)
      .write(to: folder.appending(path: "one.png"))
  }

  /// The first picture as a file of its own.
  private func first(_ colours: [Float], in folder: URL) throws -> URL {
    let file = folder.appending(path: "one.npy")
    try NumPyArray(shape: [64, 64, 3], elements: Array(colours.prefix(64 * 64 * 3)))
      .write(to: file)
    return file
  }

  private static let training =
    "train x.npy --arrays images --colour rgb --out a --latents 24 --patch-size 8 --patches 1000 "
    + "--trunk 32 --epochs 2 --threads 1"

  @Test func `a run in colour is trained, measured, used and exported`() throws {
    try withTemporaryFolder { folder in
      try writePictures(in: folder)
      let trained = try run(Self.training, in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      #expect(trained.messages.contains("8 × 8 pixels in 3 colours"), "\(trained.messages)")
      // The run's own patches, treated, are measured as the run measures itself.
      let written = try run("data patches a --split test --out t.npy --raw r.npy", in: folder)
      #expect(written.status == 0, "\(written.messages)")
      let treated = try NumPyArray<Float>(contentsOf: folder.appending(path: "t.npy"))
      #expect(Array(treated.shape.dropFirst()) == [3, 8, 8])
      let own = try run("evaluate a --json", in: folder).output
      let other = try run("evaluate a --data t.npy --treated --json", in: folder)
      let (ours, theirs) = (try elbo(own), try elbo(other.output))
      #expect(ours == theirs, "\(other.messages)")

      // Codes of a picture are the same from a PNG's numbers however these are laid out.
      for input in ["one.npy", "one.png"] {
        let coded = try run("encode a --input \(input) --out z-\(input).npy", in: folder)
        #expect(coded.status == 0, "\(coded.messages)")
      }
      let codes = try ["one.npy", "one.png"].map {
        try NumPyArray<Float>(contentsOf: folder.appending(path: "z-\($0).npy"))
      }
      #expect(codes[0].shape == [64, 24] && codes[1].shape == [64, 24])
      let worst = zip(codes[0].elements, codes[1].elements).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 0.1, "levels of 8 bits alone: \(worst)")
      let decoded = try run("decode a --input z-one.npy.npy --out x̂.npy", in: folder)
      #expect(decoded.status == 0, "\(decoded.messages)")
      let back = try NumPyArray<Float>(contentsOf: folder.appending(path: "x̂.npy"))
      #expect(back.shape == [64, 3, 8, 8])
      let raw = try run("encode a --input r.npy --out z.npy", in: folder)
      #expect(raw.status == 1 && raw.messages.contains("holds patches"), "\(raw.messages)")

      for name in ["m.npz", "m.mat", "m.safetensors", "m.tiff", "m.onnx"] {
        let exported = try run("export a --out \(name)", in: folder)
        #expect(exported.status == 0, "\(name): \(exported.messages)")
      }
      let imported = try run("import m.safetensors --out b", in: folder)
      #expect(imported.messages.contains("8 × 8 pixels in 3 colours") && imported.status == 0)
      let again = try run("evaluate b --data t.npy --treated --json", in: folder)
      let after = try elbo(again.output)
      #expect(after == ours, "\(again.messages)")
      let report = try run("report a", in: folder)
      #expect(report.status == 0, "\(report.messages)")
    }
  }

  @Test func `filters are drawn in their colours, and pictures denoised in theirs`() throws {
    try withTemporaryFolder { folder in
      try writePictures(in: folder)
      let trained = try run(Self.training, in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      let mosaic = try RasterImage(
        contentsOf: folder.appending(path: "a/filters.png"), colour: .rgb)
      let (red, blue) = (mosaic.channel(0).pixels, mosaic.channel(2).pixels)
      // Beside the orange frames of inactive filters there are other colours.
      #expect(zip(red, blue).contains { $0 < $1 - 0.1 })
      let denoised = try run(
        "denoise a --input one.png --noise-sigma 10 --out d.png --stride 4", in: folder)
      #expect(denoised.status == 0, "\(denoised.messages)")
      let result = try RasterImage(contentsOf: folder.appending(path: "d.png"), colour: .rgb)
      let clean = try RasterImage(contentsOf: folder.appending(path: "one.png"), colour: .rgb)
      for channel in 0..<3 {
        let pairs = zip(result.channel(channel).pixels, clean.channel(channel).pixels)
        let error = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 4096
        #expect(error < 0.01, "channel \(channel): \(error)")
      }
    }
  }

  private func elbo(_ json: String) throws -> Double {
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    return try #require(object?["elbo"] as? Double)
  }
}
