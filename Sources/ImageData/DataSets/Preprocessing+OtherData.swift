import Compute
import Foundation

extension Preprocessing {
  /// Patches of other data, treated as the training patches were.
  ///
  /// Where every image is one patch, the images keep their order, and a source with a test file of
  /// its own gives only that.
  ///
  /// - Parameters:
  ///   - count: number of patches to cut; where every image is one patch, at most that many.
  ///   - skipsUnreadable: whether files that cannot be read are passed over.
  ///   - largestImage: see `DataConfiguration.largestImage`.
  ///   - takesAnyScale: whether values of quite another scale than in training are taken.
  ///   - notice: told of each image that was passed over, and why, and of values of another scale.
  /// - Returns: `[patches, D]`
  /// - Throws: where a file cannot be read, images are too small or not of the patch's size,
  ///   patches are given where images are needed, or values are of quite another scale than in
  ///   training.
  public func patches(
    from source: DataSource, count: Int, seed: UInt64 = 1, skipsUnreadable: Bool = false,
    takesAnyScale: Bool = false, largestImage: Int? = nil, team: ThreadTeam,
    notice: (String) -> Void = { _ in },
    progress: @escaping ProgressReport = { _ in }
  ) throws(ImageDataError) -> Matrix {
    let opened = try OpenedSource(
      source.read(as: self), as: form, largestImage: largestImage)
    let images = scaledAsInTraining(opened.images)
    var usable = try UsableImages(
      opened, kind: kind, patch: patch, border: border, skipsUnreadable: skipsUnreadable,
      team: team, progress: progress)
    guard usable.patch == patch else {
      throw ImageDataError(
        "\(source.title): images of \(usable.patch) pixels",
        remedy: "the model was trained on images of \(patch)")
    }
    let collected: CollectedPatches
    while true {
      let indices = usable.indices.filter { opened.testImages?.contains($0) ?? true }
      guard !indices.isEmpty else {
        throw usable.leftOut.first ?? ImageDataError("\(source.title): no images")
      }
      do {
        collected = try collect(
          from: images, indices, sizes: indices.compactMap { usable.sizes[$0] },
          total: count, seed: seed, stage: "reading images", team: team, progress: progress)
        break
      } catch {
        try usable.leaveOut(error, skipsUnreadable: skipsUnreadable)
      }
    }
    for error in usable.leftOut { notice("left out: \(error)") }
    var patches = collected.patches
    finish(&patches)
    var check = ScaleCheck(self, of: source.title, takesAny: takesAnyScale)
    try check.add(patches, raw: collected.pixels)
    try check.finish().map(notice)
    return patches
  }

  /// Whether patches cannot be treated as the training patches were, because whole images are
  /// whitened before patches are cut.
  var needsImages: Bool { kind == .cut && whitening == .olshausenField }

  /// What to say of patches where images are needed.
  func patchesInPlaceOfImages(_ file: URL?) -> ImageDataError {
    ImageDataError(
      file: file,
      "holds patches, but this run whitened whole images (Olshausen and Field) before it cut "
        + "patches, which cannot be made up for",
      remedy: "give the images (for arrays of images --arrays images); or, for patches that were "
        + "whitened and scaled alike, such as svae data patches writes, --treated; or train with "
        + "--whitening pca or zca, which patches can have")
  }

  /// The treatment of patches that are treated already: none.
  public var afterTreatment: Preprocessing {
    var treated = Preprocessing.untreated(
      patchHeight: patchHeight, patchWidth: patchWidth, colourMode)
    (treated.kind, treated.border) = (.whole, 0)
    return treated
  }

  /// The images in the training images' units: grey levels that are mapped onto 0…1 by their type
  /// go from 0 to 255 where those did.
  func scaledAsInTraining(_ images: any ImageCollection) -> any ImageCollection {
    takesLevels(images.areLevels) ? LevelImages(images: images) : images
  }

  /// Whether what was mapped from 0…255 onto 0…1 has to be mapped back.
  func takesLevels(_ areLevels: Bool) -> Bool { areLevels && raw?.areLevels == true }
}

extension DataSource {
  /// The same source, read as the patches of `preprocessing` were made: as whole patches of its
  /// size, or as images to cut from.
  ///
  /// - Throws: where these are patches, but images are needed.
  fileprivate func read(as preprocessing: Preprocessing) throws(ImageDataError) -> DataSource {
    guard case .arrays(let training, let test, var reading) = self else { return self }
    if reading.meaning == .patches && preprocessing.needsImages {
      throw preprocessing.patchesInPlaceOfImages(training)
    }
    reading.meaning = preprocessing.kind == .cut ? .images : .patches
    reading.patchHeight = preprocessing.patchHeight
    reading.colour = preprocessing.colourMode
    return .arrays(training: training, test: test, reading: reading)
  }
}

/// Images from 0 to 1, from 0 to 255.
private struct LevelImages: ImageCollection {
  let images: any ImageCollection

  var count: Int { images.count }

  func size(at index: Int) throws(ImageDataError) -> ImageSize { try images.size(at: index) }

  func image(at index: Int) throws(ImageDataError) -> RasterImage {
    var image = try images.image(at: index)
    image.pixels = image.pixels.map { $0 * 255 }
    return image
  }

  func name(at index: Int) -> String { images.name(at: index) }
}
