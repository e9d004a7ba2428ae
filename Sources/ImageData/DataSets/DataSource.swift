import Files
import Foundation

/// Where images come from.
public enum DataSource: Hashable, Sendable {
  /// Images generated from a seed: no file is needed.
  case synthetic(DeadLeaves)
  /// Photographs, from which patches are cut.
  case photographs([URL], folder: URL)
  /// Data files; `test`, where there is one, is the test split. `reading` is resolved: its meaning
  /// is images or patches.
  case arrays(training: URL, test: URL?, reading: ArrayReading)

  /// What lies at `path`, decided by content: a folder of photographs, with its subfolders; a
  /// folder of data files; a single file; or, where `path` is nil, dead leaves.
  ///
  /// Files come in the order of their paths. Hidden files are passed over.
  ///
  /// - Parameter reading: how the arrays of data files are to be understood; see
  ///   `DataConfiguration.reading`.
  /// - Throws: where there is no such file, or no image in it.
  public static func open(
    path: String?, reading: ArrayReading = ArrayReading()
  ) throws(ImageDataError) -> DataSource {
    guard let path else { return .synthetic(DeadLeaves()) }
    let url = URL(filePath: path)
    guard let status = SystemPath.status(url.path) else {
      throw ImageDataError(
        file: url, "no such file or folder", remedy: "expected photographs or a data file")
    }
    let contents = FolderContents(status.isFolder ? try files(in: url) : [url])
    if !status.isFolder {
      // A single file that was named is opened whatever it is called.
      if contents.arrays.isEmpty && contents.otherArrays.isEmpty {
        return .photographs([url], folder: url.deletingLastPathComponent())
      }
      return try arrays(training: url, test: nil, reading)
    }
    switch (contents.photographs.isEmpty, contents.arrays.isEmpty) {
    case (true, true):
      throw ImageDataError(
        file: url,
        "no \(imageFormatNames) images and no \(alternatives(imageArrayFormats.map(\.name))) files "
          + "found",
        remedy: contents.otherKinds
          ?? "give a folder of photographs or of data files")
    case (false, false):
      throw ImageDataError(
        file: url,
        "holds both photographs (\(contents.photographs.count), the first is "
          + "\(contents.photographs[0].shownName)) and data files (\(contents.arrays.count), the first "
          + "is \(contents.arrays[0].shownName))",
        remedy: "name one of the files, or move the data files to another folder")
    case (false, true):
      return .photographs(contents.photographs, folder: url)
    case (true, false):
      return try split(contents.arrays, in: url, reading)
    }
  }

  /// Whether patches are cut from the images or are the images.
  public var kind: PatchKind {
    switch self {
    case .synthetic, .photographs: .cut
    case .arrays(_, _, let reading): reading.meaning == .images ? .cut : .whole
    }
  }

  /// What is not read of a folder, a sentence of each kind; none where a file was named.
  var passedOver: [String] {
    let (read, folder) = named
    guard read.count > 1, let all = try? files(in: folder) else { return [] }
    let known = Set(read)
    return FolderContents(all.filter { !known.contains($0) }).passedOver
  }

  /// What it is, for the reader: "photographs in photos".
  public var title: String {
    switch self {
    case .synthetic: "dead leaves, generated"
    case .photographs(let files, _) where files.count == 1: files[0].shownName
    case .photographs(_, let folder): "photographs in \(folder.shownName)"
    case .arrays(let training, let test, _):
      ([training] + (test.map { [$0] } ?? [])).map(\.shownName).joined(separator: ", ")
    }
  }

  /// Which of a folder's data files is for training, which for the test.
  private static func split(
    _ files: [URL], in folder: URL, _ reading: ArrayReading
  ) throws(ImageDataError) -> DataSource {
    // The same file, plain and gzipped: the plain one comes first in the order of paths.
    var seen: Set<String> = []
    let distinct = files.filter { file in
      seen.insert(
        file.pathExtension == "gz" ? file.deletingPathExtension().path : file.path
      ).inserted
    }
    if distinct.count == 1 { return try arrays(training: distinct[0], test: nil, reading) }
    let training = distinct.filter { $0.lastPathComponent.lowercased().contains("train") }
    let test = distinct.filter { file in
      let name = file.lastPathComponent.lowercased()
      return !training.contains(file) && (name.contains("t10k") || name.contains("test"))
    }
    guard training.count == 1, test.count == 1, distinct.count == 2 else {
      throw ImageDataError(
        file: folder,
        "holds \(distinct.count) data files: "
          + distinct.map(\.shownName).joined(separator: ", "),
        remedy: "expected one for training (train-images…) and one for the test (t10k-images…), "
          + "or name one file")
    }
    return try arrays(training: training[0], test: test[0], reading)
  }

  /// With the meaning resolved, which the file for training decides.
  private static func arrays(
    training: URL, test: URL?, _ reading: ArrayReading
  ) throws(ImageDataError) -> DataSource {
    var resolved = reading
    let kind = try imageArrayFormat(of: training).kind(of: training, reading: reading)
    resolved.meaning = kind == .cut ? .images : .patches
    return .arrays(training: training, test: test, reading: resolved)
  }
}
