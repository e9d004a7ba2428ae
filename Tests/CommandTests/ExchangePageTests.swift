import Foundation
import TestSupport
import Testing

/// The commands and snippets of docs/Exchange.md, as they stand there.
@Suite(.serialized) struct ExchangePageTests {
  /// Networks and whitenings that differ in what a reader of the tensors has to do; the first is
  /// `SvaeCommand.small` as it is.
  static let models: [[String]] = [
    [],
    ["--trunk", "32,24", "--whitening", "pca"],
    ["--geadah-encoder", "--whitening", "zca"],
  ]

  @Test(Python.needs("numpy"), arguments: models)
  func `the Python snippet encodes and decodes as svae does`(_ model: [String]) throws {
    try run("Python", model)
  }

  @Test(Python.needs("numpy"))
  func `the npz snippet reads the filters`() throws { try run("NumPy's npz") }

  @Test(Python.needs("scipy"))
  func `the mat snippet reads the filters`() throws { try run("MATLAB") }

  @Test(Python.needs("tifffile"))
  func `the tiff snippet reads the filters`() throws { try run("napari and ImageJ") }

  @Test(Python.needs("csv"))
  func `the csv snippet reads the table`() throws { try run("Tables") }

  @Test(Python.needs("numpy", "onnxruntime"), arguments: models)
  func `the ONNX snippet encodes and decodes as svae does`(_ model: [String]) throws {
    try run("ONNX", model)
  }

  @Test(Python.needs("onnx"))
  func `ONNX's own checker passes both files`() throws {
    try withRun(["--geadah-encoder", "--whitening", "zca"]) { folder in
      try svae("export runs/photos --out model.onnx", in: folder)
      for file in ["model.onnx", "model.decoder.onnx"] {
        let code = "import onnx; onnx.checker.check_model('\(file)', full_check=True)"
        let result = try Python.run(code, in: folder)
        #expect(result.status == 0, "\(result.text)")
      }
    }
  }

  @Test(Python.needs("tensorboard"))
  func `the TensorBoard snippet reads the events`() throws {
    try run("TensorBoard", ["--tensorboard"])
  }

  @Test func `what is exported comes in again as the same model`() throws {
    try withRun(["--trunk", "32,24", "--whitening", "pca"]) { folder in
      for command in try Page.section("From PyTorch").blocks("sh").flatMap(\.commands) {
        try svae(command, in: folder)
      }
      let files = try ["photos", "again"].map {
        try Data(contentsOf: folder.appending(path: "runs/\($0)/model.safetensors"))
      }
      #expect(files[0] == files[1])
    }
  }

  /// The published network, with its layers in module lists as well, as its state dict has them.
  private static let network = """
    import numpy as np, torch
    from torch import nn
    torch.manual_seed(1)
    class SVAE(nn.Module):
      def __init__(self):
        super().__init__()
        self.register_buffer("prior", torch.tensor(2))
        self.register_buffer("prior_scale", torch.tensor(0.5))
        self.register_buffer("likelihood_scale", torch.tensor(0.25))
        self.fc1 = nn.Linear(144, 128)
        self.fc21, self.fc22 = nn.Linear(128, 256), nn.Linear(128, 512)
        self.fc31, self.fc32 = nn.Linear(256, 256), nn.Linear(512, 512)
        self.fc41, self.fc42 = nn.Linear(256, 169), nn.Linear(512, 169)
        self.Phi = nn.Linear(169, 144)
        self._encoder = nn.ModuleList([self.fc1, self.fc21, self.fc41])
      def forward(self, x):
        h = torch.relu(self.fc1(x))
        mean = self.fc41(torch.relu(self.fc31(torch.relu(self.fc21(h)))))
        log_scale = self.fc42(torch.relu(self.fc32(torch.relu(self.fc22(h)))))
        return torch.cat([mean, log_scale], 1), self.Phi(mean), mean
    network = SVAE()
    x = torch.randn(40, 144)
    torch.save(network.state_dict(), "svae_final.pth")
    with torch.no_grad():
      for name, value in zip(["x", "heads", "y", "mean"], [x, *network(x)]):
        np.save(name + ".npy", value.numpy())
    """

  @Test(Python.needs("numpy", "torch", "safetensors"))
  func `the PyTorch snippet saves what svae import takes, and both compute the same`() throws {
    try withTemporaryFolder { folder in
      for code in try [Self.network] + Page.section("From PyTorch").blocks("python").map(\.text) {
        let result = try Python.run(code, in: folder)
        #expect(result.status == 0, "\(result.text)")
      }
      try svae("import published.safetensors --out run", in: folder)
      try svae("encode run --log-scales --input x.npy --out heads-here.npy", in: folder)
      try svae("decode run --input mean.npy --out y-here.npy", in: folder)
      let check = """
        import numpy as np
        for name in ["heads", "y"]:
          here, there = np.load(name + "-here.npy").reshape(40, -1), np.load(name + ".npy")
          assert np.allclose(here, there, rtol=1e-5, atol=1e-5), abs(here - there).max()
        """
      let result = try Python.run(check, in: folder)
      #expect(result.status == 0, "\(result.text)")
    }
  }

  @Test func `every section of the page has been thought of`() throws {
    #expect(
      try Page.sections().map(\.title) == [
        "The tensors", "Python", "NumPy's npz", "MATLAB", "napari and ImageJ", "Tables", "ONNX",
        "From PyTorch", "TensorBoard",
      ])
  }

  /// Runs a section's commands, then its snippets, in a folder with `runs/photos`.
  private func run(_ title: String, _ model: [String] = []) throws {
    try withRun(model) { folder in
      let section = try Page.section(title)
      for command in section.blocks("sh").flatMap(\.commands) { try svae(command, in: folder) }
      let snippets = section.blocks("python")
      #expect(!snippets.isEmpty)
      for snippet in snippets {
        let result = try Python.run(snippet.text, in: folder)
        #expect(result.status == 0, "\(result.text)")
      }
    }
  }

  private func withRun(_ model: [String], _ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try SharedRuns.put("runs/photos", of: SvaeCommand.small + model, in: folder)
      try body(folder)
    }
  }

  private func svae(_ command: String, in folder: URL) throws {
    let result = try SvaeCommand.run(command.split(separator: " ").map(String.init), in: folder)
    try #require(result.status == 0, "\(command): \(result.messages)")
  }
}

/// docs/Exchange.md, by sections and fenced blocks.
private enum Page {
  struct Block {
    var language: String
    var text: String

    /// The lines of a shell block, without the command's name.
    var commands: [String] {
      text.split(separator: "\n").compactMap { line in
        line.hasPrefix("svae ") ? String(line.dropFirst(5)) : nil
      }
    }
  }

  struct Section {
    var title: String
    var all: [Block] = []

    func blocks(_ language: String) -> [Block] { all.filter { $0.language == language } }
  }

  static func section(_ title: String) throws -> Section {
    try #require(try sections().first { $0.title == title }, "no section \(title)")
  }

  static func sections() throws -> [Section] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/Exchange.md").standardizedFileURL
    var sections: [Section] = []
    var block: Block?
    for line in try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if let open = block {
        if line == "```" {
          if !sections.isEmpty { sections[sections.count - 1].all.append(open) }
          block = nil
        } else {
          block?.text += line + "\n"
        }
      } else if line.hasPrefix("```") {
        block = Block(language: String(line.dropFirst(3)), text: "")
      } else if line.hasPrefix("## ") {
        sections.append(Section(title: String(line.dropFirst(3))))
      }
    }
    return sections
  }
}
