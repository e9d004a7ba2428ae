import Compute

/// Reads images on all threads, whitens each, cuts its patches and lets it go: a folder of any
/// size passes through the memory of a few images.
struct PatchCollector {
  let images: any ImageCollection
  let sampler: PatchSampler
  /// What happens to a whole image before patches are cut.
  let whitened: @Sendable (RasterImage) -> RasterImage
  let team: ThreadTeam
  let progress: ProgressReport
  /// How many of the patches, the first ones, are also returned as they were in the images.
  var rawRows = 0
  /// What learns of each image's contrast.
  var contrasts: ImageContrasts?

  /// Images that cannot be used, at least one, in their order.
  struct Failure: Error {
    /// An image, why it cannot be used, and whether that is because it is flat.
    typealias Image = (index: Int, error: ImageDataError, isFlat: Bool)

    var images: [Image]
  }

  /// Patches of the images named by `indices`, `counts[i]` of the i-th.
  ///
  /// - Parameter inOrder: whether rows keep the order of the images; otherwise they are shuffled,
  ///   so that the first rows are a fair sample of all.
  /// - Returns: `[sum of counts, pixels]`
  func collect(
    _ indices: [Int], counts: [Int], inOrder: Bool, stage: String
  ) throws(Failure) -> CollectedPatches {
    let pixels = sampler.pixels
    let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let total = starts[counts.count]
    var shuffler = RandomStream(seed: sampler.seed, purpose: .patchSampling, step: -1)
    let places = inOrder ? Array(0..<total) : shuffler.permutation(of: total)
    var patches = Matrix(rows: total, columns: pixels)
    let rawRows = min(rawRows, total)
    var raw = Matrix(rows: rawRows, columns: pixels)
    let results = patches.elements.withUnsafeMutableBufferPointer { elements in
      raw.elements.withUnsafeMutableBufferPointer { rawElements in
        nonisolated(unsafe) let (elements, rawElements) = (elements, rawElements)
        let counter = ProgressCounter(stage, of: indices.count, report: progress)
        return team.map(indices.count) { number -> Result<PixelSums, Flawed> in
          defer { counter.advance() }
          func place(_ row: Int) -> Int { places[starts[number] + row] }
          func range(_ place: Int) -> Range<Int> { place * pixels..<(place + 1) * pixels }
          return Result { () throws(Flawed) in
            try collect(
              indices[number], count: counts[number],
              into: { UnsafeMutableBufferPointer(rebasing: elements[range(place($0))]) },
              raw: { row in
                place(row) < rawRows
                  ? UnsafeMutableBufferPointer(rebasing: rawElements[range(place(row))]) : nil
              })
          }
        }
      }
    }
    var sums = PixelSums()
    var failed: [Failure.Image] = []
    for (index, result) in zip(indices, results) {
      switch result {
      case .success(let part): sums.add(part)
      case .failure(let error): failed.append((index, error.error, error.isFlat))
      }
    }
    if !failed.isEmpty { throw Failure(images: failed) }
    return CollectedPatches(patches: patches, raw: raw, pixels: sums)
  }

  /// Why an image cannot be used.
  private struct Flawed: Error {
    let error: ImageDataError
    let isFlat: Bool
  }

  private typealias Row = UnsafeMutableBufferPointer<Float>

  /// - Parameter raw: where a patch goes as it was in the image; nil where it is not kept.
  /// - Returns: of the patches as they were in the image.
  private func collect(
    _ index: Int, count: Int, into row: (Int) -> Row, raw: (Int) -> Row?
  ) throws(Flawed) -> PixelSums {
    var sums = PixelSums()
    if count == 0 { return sums }
    let image: RasterImage
    do {
      image = try images.image(at: index)
    } catch {
      throw Flawed(error: error, isFlat: false)
    }
    guard let corners = sampler.sample(whitened(image), index: index, count: count, into: row)
    else {
      contrasts?.recordFlat(index, row(0))
      let error = ImageDataError(
        "\(images.name(at: index)): next to no patch has the variance that is asked for",
        remedy: "leave this image out, or keep patches of low variance: rejectsVarianceBelow, "
          + "--reject-variance-below 0")
      throw Flawed(error: error, isFlat: true)
    }
    contrasts?.record(index, count: count, row)
    var patch = [Float](repeating: 0, count: sampler.pixels)
    patch.withUnsafeMutableBufferPointer { patch in
      for (number, corner) in corners.enumerated() {
        sampler.cut(image, corner.y, corner.x, into: patch)
        sums.add(patch)
        _ = raw(number)?.update(from: patch)
      }
    }
    return sums
  }
}

extension PatchSampler {
  /// `count` patches of `images`, of each in proportion to its area, in random order.
  ///
  /// - Returns: `[count, pixels]`
  /// - Throws: where an image cannot be read, all are too small, or one is too flat.
  public func patches(
    of images: any ImageCollection, count: Int, team: ThreadTeam
  ) throws(ImageDataError) -> Matrix {
    var sizes: [ImageSize] = []
    for index in 0..<images.count { sizes.append(try images.size(at: index)) }
    guard sizes.contains(where: { positions(in: $0) > 0 }) else {
      throw ImageDataError(
        "no image is large enough for a patch", remedy: "at least \(smallestImage) pixels")
    }
    let counts = self.counts(for: sizes, total: count)
    let used = sizes.indices.filter { counts[$0] > 0 }
    let collector = PatchCollector(
      images: images, sampler: self, whitened: { $0 }, team: team, progress: { _ in })
    do {
      return try collector.collect(
        used, counts: used.map { counts[$0] }, inOrder: false, stage: "cutting patches"
      ).patches
    } catch {
      throw error.images[0].error
    }
  }
}
