import Compute
import Foundation
import Learning
import MadeFiles
import Studies

@testable import ImageData

/// A file that is right, and what reads it.
struct Subject {
  let name: String
  let content: Data
  /// Reads the file; throws where it is refused.
  let read: (URL) throws -> Void

  /// Every kind of file that is read, in a folder in which a run and a study are made.
  static func all(in folder: URL) throws -> [Subject] {
    try pictures() + arrays(in: folder) + archives + ofRun(in: folder) + ofStudy(in: folder)
  }

  private static func pictures() throws -> [Subject] {
    let reference = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../ImageDataTests/Reference").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(
      at: reference, includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
    var subjects = [Subject(name: "made.tif", content: tinyTIFF(), read: readImage)]
    for file in files where ["jpg", "png", "tif", "webp", "mat"].contains(file.pathExtension) {
      let name = file.lastPathComponent
      // Those of version 7.3 are read by another process, which may crash.
      if ["v73.mat", "v73-deflated.mat", "one.mat", "python.mat"].contains(name) { continue }
      let read = file.pathExtension == "mat" ? readRows : readImage
      subjects.append(Subject(name: name, content: try Data(contentsOf: file), read: read))
    }
    return subjects
  }

  private static func readImage(_ file: URL) throws { _ = try RasterImage(contentsOf: file) }

  private static func readRows(_ file: URL) throws {
    let reader = try ArrayRowReader(path: file.path)
    while let rows = try reader.next(64), rows.rows > 0 {}
  }

  private static func arrays(in folder: URL) throws -> [Subject] {
    var matrix = Matrix(rows: 5, columns: 16)
    for k in matrix.elements.indices { matrix.elements[k] = Float(k % 7) - 3 }
    let cube = idx(dimensions: [4, 5, 6], payload: (0..<120).map { UInt8($0) })
    var subjects = [
      Subject(name: "made-idx3-ubyte", content: cube, read: readRows),
      Subject(name: "made.idx3.gz", content: gzipped(cube), read: readRows),
    ]
    for ending in ["npy", "npz", "mat"] {
      let file = folder.appending(path: "made.\(ending)")
      let writer = try ArrayRowWriter(
        path: file.path, name: "data", rowShape: [16], rows: matrix.rows)
      try writer.append(matrix)
      try writer.finish()
      let content = try Data(contentsOf: file)
      subjects += [
        Subject(name: "made.\(ending)", content: content, read: readRows),
        Subject(name: "made.\(ending)", content: content, read: readImage),
      ]
    }
    return subjects
  }

  private static var archives: [Subject] {
    func read(_ file: URL) throws {
      let archive = try ArchiveReader(file, .tar)
      while let entry = try archive.next() { _ = try archive.rest(entry.size) }
    }
    let plain = tar("a/one.jpg", "one") + tar("a/b/two.jpg", "two") + Data(count: 1024)
    return [
      Subject(name: "made.tar", content: plain, read: read),
      Subject(name: "made.tgz", content: gzipped(plain), read: read),
    ]
  }

  private static func ofRun(in folder: URL) throws -> [Subject] {
    let team = ThreadTeam(count: 1)
    var configuration = SparseVAEConfiguration()
    configuration.data.preparation.patchSize = 8
    configuration.data.preparation.patches = 500
    configuration.model.latents = 4
    configuration.model.encoder.trunk = [4]
    configuration.training.epochs = 2
    let data = try configuration.data.dataSet(team: team)
    let run = try Run(
      new: configuration, at: folder.appending(path: "run"), data: data, team: team)
    _ = try run.run()
    let made = run.folder
    _ = try RunRecord.measured(TrainedRun<SparseVAEConfiguration>(made), on: data, team: team)
    /// A reader of a file that stands in a run's folder under its own name.
    func within(_ name: String, _ read: @escaping (RunFolder) throws -> Void) throws -> Subject {
      let target = made.url.appending(path: name)
      return Subject(name: name, content: try Data(contentsOf: target)) { file in
        try Data(contentsOf: file).write(to: target)
        try read(made)
      }
    }
    return [
      try within("model.safetensors") { _ = try Safetensors(contentsOf: $0.modelFile) },
      try within("config.yaml") { _ = try $0.method() },
      try within("metrics.csv") { _ = try configuration.metrics(in: $0) },
      try within("evaluation.json") { folder in
        try? FileManager.default.removeItem(at: folder.url.appending(path: "SHA256SUMS"))
        if RunRecord(in: folder) == nil { throw RunError("is not a record") }
      },
    ]
  }

  private static func ofStudy(in folder: URL) throws -> [Subject] {
    let study = try BuiltInStudy.natural.file().study(StudyOptions())
    let made = try StudyFolder(for: study, at: folder.appending(path: "study"))
    let file = made.url.appending(path: "study.json")
    return [
      Subject(name: "study.yaml", content: Data(smallStudy.utf8)) { file in
        _ = try StudyFile(file: file).study(StudyOptions())
      },
      Subject(name: "study.json", content: try Data(contentsOf: file)) { changed in
        try Data(contentsOf: changed).write(to: file)
        _ = try made.study()
      },
      Subject(name: "data-sets.json", content: try JSONEncoder().encode(DataSetList.builtIn())) {
        _ = try DataSetList(contentsOf: $0)
      },
    ]
  }

  /// Every key of a study, in few words.
  private static let smallStudy = """
    title: Few
    claim: Fewer latents do.
    data: photos
    otherwise: dead-leaves
    patches: cut
    seeds: 2
    settings: {data: {patches: 2000}}
    conditions:
      - {name: none, factor: constraint, title: "no constraint", settings: {model: {constraint: none}}}
      - {name: sparse, method: sparse-coding, seeds: [4, 9]}
    grid:
      model.latents: [36, 72]
      model.encoder.trunk: [[128], [256, 256]]
    contrast: {from: none, to: sparse, measure: activeFilters, expects: more}
    presets:
      quick:
        seeds: 1
        conditions: [none, sparse]
    """
}
