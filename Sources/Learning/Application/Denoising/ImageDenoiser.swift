import Compute
import Foundation
import ImageData

/// Takes white noise out of whole images with a trained model: every patch is denoised, and patches
/// that overlap are averaged.
public struct ImageDenoiser {
  /// S, in units of pixels from 0 to 1.
  public let noise: Double
  /// Pixels from one patch to the next.
  public let stride: Int
  /// Whether images of quite another scale than the training data are taken.
  public var takesAnyScale = false
  private let preprocessing: Preprocessing
  private let patches: PatchDenoiser
  private let team: ThreadTeam

  /// - Parameters:
  ///   - noise: S, the standard deviation of the noise, in units of pixels from 0 to 1.
  ///   - stride: pixels from one patch to the next; 1 uses all.
  /// - Throws: a `RunError` where the model was trained on linear light, in which noise of a
  ///   picture is not the same everywhere.
  public init(
    _ run: TrainedRun<SparseVAEConfiguration>, noise: Double, stride: Int = 1, team: ThreadTeam
  ) throws {
    precondition(noise > 0 && stride > 0, "noise \(noise), stride \(stride)")
    guard run.preprocessing.luminance == .gamma else {
      throw RunError(
        "\(run.folder.url.relativePath): was trained on linear light",
        remedy: "train with --gamma to denoise pictures, whose values are encoded for the eye")
    }
    (self.noise, self.stride, self.team) = (noise, stride, team)
    preprocessing = run.preprocessing
    patches = try PatchDenoiser(run.model, run.preprocessing, noise: noise)
  }

  /// What became of an image.
  public struct Result: Sendable {
    /// Pixels from 0 to 1.
    public var image: RasterImage
    /// Patches of the image, overlapping ones included.
    public var patches: Int
    /// Time spent.
    public var seconds: Double
    /// What looks wrong with the image's scale, if anything does.
    public var warning: String?
  }

  /// - Parameters:
  ///   - title: of the image, in messages.
  ///   - progress: told of patches done and patches in all.
  /// - Throws: a `RunError` where the image is smaller than a patch; an `ImageDataError` where it is
  ///   of quite another scale than the training data.
  public func denoised(
    _ noisy: RasterImage, title: String = "the image",
    progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> Result {
    let started = Date()
    let (height, width) = (preprocessing.patchHeight, preprocessing.patchWidth)
    guard noisy.height >= height, noisy.width >= width else {
      throw RunError(
        "an image of \(noisy.size) pixels", remedy: "patches are of \(height) × \(width)")
    }
    var check = ScaleCheck(preprocessing, of: title, takesAny: takesAnyScale)
    try check.add(noisy)
    let warning = try check.finish()
    let source = preprocessing.whitened(noisy)
    let rows = Self.positions(noisy.height - height, stride)
    let columns = Self.positions(noisy.width - width, stride)
    let corners = rows.flatMap { y in columns.map { x in y * noisy.width + x } }
    var average = OverlapAverage(noisy, patchHeight: height, patchWidth: width)
    for start in Swift.stride(from: 0, to: corners.count, by: ArrayStream.rowsAtATime) {
      let part = corners[start..<min(start + ArrayStream.rowsAtATime, corners.count)]
      var matrix = average.cut(part, from: source)
      patches.denoise(&matrix, team: team)
      average.add(matrix, at: part)
      progress(start + part.count, corners.count)
    }
    var image = average.image
    if preprocessing.whitening == .olshausenField {
      let filtered = image
      image = RasterImage(
        channels: (0..<noisy.channels).map { channel in
          OlshausenFieldFilter(cutoff: preprocessing.cutoff).restored(
            noisy: noisy.channel(channel), noiseVariance: noise * noise,
            filtered: filtered.channel(channel), errorVariance: errorVariance(channel))
        })
    }
    image.pixels = image.pixels.map { min(max($0, 0), 1) }
    return Result(
      image: image, patches: corners.count, seconds: Date().timeIntervalSince(started),
      warning: warning)
  }

  /// Of a channel of the whitened image.
  private func errorVariance(_ channel: Int) -> Double {
    let scale = Double(preprocessing.scale)
    let gain = preprocessing.colour?.errorGains[channel] ?? 1
    return gain * patches.errorVariance / (scale * scale)
  }

  /// 0, stride, 2·stride … and the last.
  private static func positions(_ last: Int, _ step: Int) -> [Int] {
    let positions = Array(Swift.stride(from: 0, through: last, by: step))
    return positions.last == last ? positions : positions + [last]
  }
}

/// The mean of all patches that contain a pixel.
private struct OverlapAverage {
  private let size: ImageSize
  private let channels, patchHeight, patchWidth: Int
  private var sums: [Double]
  private var counts: [Double]

  /// - Parameter image: like the one that the patches are of.
  init(_ image: RasterImage, patchHeight: Int, patchWidth: Int) {
    (size, channels) = (image.size, image.channels)
    (self.patchHeight, self.patchWidth) = (patchHeight, patchWidth)
    sums = [Double](repeating: 0, count: image.pixels.count)
    counts = sums
  }

  /// The patches whose upper left corners are the pixels of these indices.
  func cut(_ corners: ArraySlice<Int>, from image: RasterImage) -> Matrix {
    var patches = Matrix(rows: corners.count, columns: channels * patchHeight * patchWidth)
    for (row, corner) in corners.enumerated() {
      for (column, pixel) in pixels(of: corner).enumerated() {
        patches[row, column] = image.pixels[pixel]
      }
    }
    return patches
  }

  mutating func add(_ patches: Matrix, at corners: ArraySlice<Int>) {
    for (row, corner) in corners.enumerated() {
      for (column, pixel) in pixels(of: corner).enumerated() {
        sums[pixel] += Double(patches[row, column])
        counts[pixel] += 1
      }
    }
  }

  var image: RasterImage {
    RasterImage(
      height: size.height, width: size.width, channels: channels,
      pixels: zip(sums, counts).map { Float($0 / max($1, 1)) })
  }

  private func pixels(of corner: Int) -> some Sequence<Int> {
    (0..<channels * patchHeight * patchWidth).lazy.map { [patchHeight, patchWidth, size] index in
      let (row, x) = index.quotientAndRemainder(dividingBy: patchWidth)
      let (channel, y) = row.quotientAndRemainder(dividingBy: patchHeight)
      return channel * size.area + corner + y * size.width + x
    }
  }
}
