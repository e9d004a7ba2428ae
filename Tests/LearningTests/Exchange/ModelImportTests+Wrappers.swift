import Compute
import Foundation
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// State dicts of wrapped networks, and files of other formats.
extension ModelImportTests {
  @Test(arguments: ["module.", "_orig_mod.", "_orig_mod.module.", "model.net."])
  func `what wrappers put before the names is taken off, and said`(prefix: String) throws {
    let published = PublishedModel()
    var wrapped = published
    for name in published.tensors.keys { wrapped.rename(name, prefix + name) }
    let model = try `import`(wrapped)
    expectSame(model.model, published)
    #expect(model.notes.contains { $0.contains("names begin with \(prefix),") })
    var options = ModelImport.Options()
    options.layers = ["trunk.0": prefix + "fc1", "decoder": "Phi"]
    expectSame(try `import`(wrapped, options).model, published)
  }

  @Test(arguments: [
    ("PK\u{3}\u{4}\0\0\0\0\0\0\0\0\0\0archive/data.pkl", "a zip archive, as torch.save writes"),
    ("PK\u{3}\u{4}\0\0\0\0\0\0\0\0\0\0fc1.weight.npy", "an npz file"),
  ])
  func `other formats are named, with what to do`(content: String, name: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "model.pt")
      try Data(content.utf8).write(to: file)
      let error = #expect(throws: RunError.self) {
        try ModelImport(contentsOf: file, ModelImport.Options(), team: Self.team)
      }
      let text = error?.description ?? ""
      #expect(text.contains("model.pt: is \(name)") && text.contains("save_file"), "\(text)")
    }
  }
}
