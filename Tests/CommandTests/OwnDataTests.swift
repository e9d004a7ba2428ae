import Foundation
import TestSupport
import Testing

/// A run's own data: found from any folder, missed where it has gone, and never mistaken for other
/// data.
@Suite(.serialized) struct OwnDataTests {
  private func run(_ arguments: String, in folder: URL) throws -> SvaeCommand.Result {
    try SvaeCommand.run(arguments.split(separator: " ").map(String.init), in: folder)
  }

  /// A folder `project` with `data/pictures.npy` and a run on it, `runs/a`, begun from there.
  private func withProject(_ body: (_ home: URL, _ project: URL) throws -> Void) throws {
    try withTemporaryFolder { home in
      let project = home.appending(path: "project", directoryHint: .isDirectory)
      let data = project.appending(path: "data")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: SmallPictures.file, to: data.appending(path: "pictures.npy"))
      let arguments = SvaeCommand.small.dropFirst().joined(separator: " ")
      let trained = try run("train data/pictures.npy \(arguments) --out runs/a -q", in: project)
      #expect(trained.status == 0, "\(trained.messages)")
      try body(home, project)
    }
  }

  /// Takes the end from a run: its last checkpoint is that of half the steps.
  private func makeUnfinished(_ run: URL) throws {
    let files = FileManager.default
    for name in ["environment.json", "evaluation.json", "model.safetensors"] {
      try files.removeItem(at: run.appending(path: name))
    }
    let checkpoints = run.appending(path: "checkpoints")
    let last = try #require(files.contentsOfDirectory(atPath: checkpoints.path).max())
    try files.removeItem(at: checkpoints.appending(path: last))
  }

  @Test func `a run is used from any folder, and moves with its data`() throws {
    try withProject { home, project in
      let here = try run("evaluate runs/a --json", in: project)
      let above = try run("evaluate project/runs/a --json", in: home)
      #expect(here.status == 0 && above.output == here.output, "\(above.messages)")
      let moved = home.appending(path: "moved")
      try FileManager.default.moveItem(at: project, to: moved)
      let after = try run("evaluate moved/runs/a --json", in: home)
      #expect(after.output == here.output, "\(after.messages)")
      // The data alone.
      try FileManager.default.moveItem(
        at: moved.appending(path: "data"), to: home.appending(path: "elsewhere"))
      let gone = try run("evaluate moved/runs/a", in: home)
      #expect(gone.status == 1 && gone.messages.contains("data/pictures.npy: no such file"))
      #expect(gone.messages.contains("a file of ") && gone.messages.contains("--data"))
      let named = try run("evaluate moved/runs/a --json --data elsewhere/pictures.npy", in: home)
      #expect(named.output == here.output, "\(named.messages)")
      // What needs no data.
      for command in ["filters moved/runs/a --out f.png", "report moved/runs/a"] {
        let result = try run(command, in: home)
        #expect(result.status == 0, "\(result.messages)")
      }
      #expect(try run("compare moved/runs/a moved/runs/a", in: home).status == 0)
    }
  }

  @Test func `a run is resumed with its own data alone`() throws {
    try withProject { home, project in
      let folder = project.appending(path: "runs/a")
      let model = try Data(contentsOf: folder.appending(path: "model.safetensors"))
      try makeUnfinished(folder)
      let file = project.appending(path: "data/pictures.npy")
      var changed = try Data(contentsOf: file)
      let original = changed
      changed[changed.count - 1] ^= 1
      try changed.write(to: file)
      let refused = try run("train --resume runs/a -q --threads 1", in: project)
      #expect(refused.status == 1 && refused.messages.contains("is not the data that the run was"))
      #expect(refused.messages.contains("pictures.npy") && refused.messages.contains("--data"))
      try original.write(to: home.appending(path: "same.npy"))
      let resumed = try run(
        "train --resume project/runs/a --data same.npy -q --threads 1", in: home)
      #expect(resumed.status == 0, "\(resumed.messages)")
      #expect(try Data(contentsOf: folder.appending(path: "model.safetensors")) == model)
      try makeUnfinished(folder)
      let told = try run(
        "train --resume project/runs/a --data project/data/pictures.npy --changed-data -q "
          + "--threads 1", in: home)
      #expect(told.status == 0, "\(told.messages)")
    }
  }

  @Test func `photographs' patches get photographs' defaults, and say so`() throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("a", in: folder)
      // Patches of generated images, as those of photographs are.
      let written = try run("data patches a --split train --raw patches.npy", in: folder)
      #expect(written.status == 0, "\(written.messages)")
      let found = try run("data patches.npy", in: folder)
      #expect(found.messages.contains("defaults      of photographs"), "\(found.messages)")
      #expect(found.output.contains("ZCA"), "\(found.output)")
      let told = try run("data patches.npy --defaults small-images", in: folder)
      #expect(!told.messages.contains("of photographs") && !told.output.contains("ZCA"))
      let chosen = try run("data patches.npy --whitening pca", in: folder)
      #expect(chosen.output.contains("PCA") && !chosen.output.contains("ZCA"))
    }
  }

  @Test(.needs("a build without a sanitizer", isThere: !isSanitized))
  func `too little memory is an error before it is taken`() throws {
    try withTemporaryFolder { folder in
      let result = try SvaeCommand.run(
        ["train", "--patches", "90000000", "--out", "r"], in: folder, prelude: "ulimit -v 8000000")
      #expect(result.status == 1, "\(result.messages)")
      #expect(result.messages.contains("patches of 12 × 12 pixels need "), "\(result.messages)")
      #expect(result.messages.contains("--memory-budget"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "r").path))
    }
  }
}
