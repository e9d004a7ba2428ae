import Compute
import Synchronization

/// Reads images on all threads, whitens each, cuts its patches and lets it go: a folder of any
/// size passes through the memory of a few images.
struct PatchCollector {
  let images: any ImageCollection
  let sampler: PatchSampler
  /// What happens to a whole image before patches are cut.
  let whitened: @Sendable (GrayImage) -> GrayImage
  let team: ThreadTeam
  let progress: ProgressReport
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
  ) throws(Failure) -> Matrix {
    let pixels = sampler.patchHeight * sampler.patchWidth
    let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let total = starts[counts.count]
    var shuffler = RandomStream(seed: sampler.seed, purpose: .patchSampling, step: -1)
    let places = inOrder ? Array(0..<total) : shuffler.permutation(of: total)
    var patches = Matrix(rows: total, columns: pixels)
    let failures = Mutex<[Failure.Image]>([])
    let counter = ProgressCounter(stage, of: indices.count, report: progress)
    patches.elements.withUnsafeMutableBufferPointer { elements in
      nonisolated(unsafe) let elements = elements
      team.forEach(indices.count) { number in
        defer { counter.advance() }
        if counts[number] == 0 { return }
        let failure = collect(indices[number], count: counts[number]) { row in
          let place = places[starts[number] + row]
          return UnsafeMutableBufferPointer(
            rebasing: elements[place * pixels..<(place + 1) * pixels])
        }
        if let failure {
          failures.withLock { $0.append(failure) }
        }
      }
    }
    let failed = failures.withLock { $0 }
    if !failed.isEmpty { throw Failure(images: failed.sorted { $0.index < $1.index }) }
    return patches
  }

  private func collect(
    _ index: Int, count: Int, into row: (Int) -> UnsafeMutableBufferPointer<Float>
  ) -> Failure.Image? {
    do {
      let image = try images.image(at: index)
      if sampler.sample(whitened(image), index: index, count: count, into: row) {
        contrasts?.record(index, count: count, row)
        return nil
      }
      contrasts?.recordFlat(index, row(0))
      let error = ImageDataError(
        "\(images.name(at: index)): next to no patch has the variance that is asked for",
        remedy: "leave this image out, or keep patches of low variance: rejectsVarianceBelow, "
          + "--reject-variance-below 0")
      return (index, error, true)
    } catch {
      return (index, error, false)
    }
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
        used, counts: used.map { counts[$0] }, inOrder: false, stage: "cutting patches")
    } catch {
      throw error.images[0].error
    }
  }
}
