import Compute

/// The images of a source that patches can come from, and why the others were left out.
struct UsableImages {
  private(set) var indices: [Int] = []
  /// The size of each image in the source; nil where it cannot be read.
  private(set) var sizes: [ImageSize?] = []
  /// The size of a patch.
  private(set) var patch: ImageSize
  private(set) var leftOut: [ImageDataError] = []

  /// - Parameters:
  ///   - patch: the size of patches that are cut; where every image is one patch, the first
  ///     image's size is taken.
  /// - Throws: where a file cannot be read and is not to be skipped, or where none is left.
  init(
    _ source: OpenedSource, kind: PatchKind, patch: ImageSize, border: Int,
    skipsUnreadable: Bool, team: ThreadTeam, progress: @escaping ProgressReport
  ) throws(ImageDataError) {
    self.patch = patch
    let found = source.sizes(team: team, progress: progress)
    sizes = found.map { try? $0.get() }
    if kind == .whole, let first = sizes.lazy.compactMap({ $0 }).first { self.patch = first }
    let needed = ImageSize(
      height: self.patch.height + 2 * border, width: self.patch.width + 2 * border)
    for (index, result) in found.enumerated() {
      switch result {
      case .failure(let error):
        if !skipsUnreadable { throw error.skippable(amongImages: found.count) }
        leftOut.append(error)
      case .success(let size) where kind == .whole && size != self.patch:
        throw ImageDataError(
          "\(source.images.name(at: index)): is of \(size) pixels",
          remedy: "expected \(self.patch), like the others")
      case .success(let size)
      where kind == .cut && (size.height < needed.height || size.width < needed.width):
        leftOut.append(
          ImageDataError(
            "\(source.images.name(at: index)): only \(size) pixels",
            remedy: "patches of \(patch) with a border of \(border) need \(needed)"))
      case .success:
        indices.append(index)
      }
    }
    if indices.isEmpty {
      throw leftOut.first ?? ImageDataError("there are no images", remedy: "at least 3 are needed")
    }
  }

  /// Leaves out images that turned out to be flat or, where those are skipped, unreadable.
  ///
  /// - Throws: where one cannot be read and is not to be skipped, or where none is left.
  mutating func leaveOut(
    _ failure: PatchCollector.Failure, skipsUnreadable: Bool
  ) throws(ImageDataError) {
    if !skipsUnreadable, let unreadable = failure.images.first(where: { !$0.isFlat }) {
      throw unreadable.error.skippable(amongImages: sizes.count)
    }
    let failed = Set(failure.images.map(\.index))
    indices.removeAll { failed.contains($0) }
    leftOut += failure.images.map(\.error)
    if indices.isEmpty { throw failure.images[0].error }
  }

  /// The error that there are too few images, saying of what, and which were left out.
  func explained(_ error: ImageDataError, of source: DataSource) -> ImageDataError {
    var error = error
    error.problem = "\(source.title): \(error.problem)"
    guard let first = leftOut.first else { return error }
    error.remedy =
      (error.remedy.map { $0 + "; " } ?? "")
      + "left out were \(leftOut.count), the first is \(first)"
    return error
  }
}

extension ImageDataError {
  /// The same fault, and how to go on without the image where it is one of several.
  fileprivate func skippable(amongImages count: Int) -> ImageDataError {
    guard count > 1 else { return self }
    var error = self
    error.remedy =
      (remedy.map { $0 + ", or " } ?? "")
      + "leave out what cannot be used: skipsUnreadable, --skip-unreadable"
    return error
  }
}
