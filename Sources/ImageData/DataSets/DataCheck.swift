import Compute
import Foundation

/// What to look at before training: how much data there is, whether its scale is right, and what
/// looks wrong.
public struct DataCheck: Hashable, Sendable, CustomStringConvertible {
  /// Where the images come from.
  public var title: String
  /// Number of images for training, validation, test.
  public var images: [Int]
  /// Number of patches for training, validation, test.
  public var patches: [Int]
  /// The size of the image of the least area.
  public var smallestImage: ImageSize
  /// The size of the image of the greatest area.
  public var largestImage: ImageSize
  /// What a run would do with the patches.
  public var preprocessing: Preprocessing
  /// Mean of all training pixels.
  public var pixelMean: Double
  /// Standard deviation of all training pixels: 1 where all is well.
  public var pixelDeviation: Double
  /// The same of the validation pixels, by the training patches' scale; nil without any.
  public var validationDeviation: Double?
  /// ‖mean patch‖ / ‖standard deviation of each pixel‖
  public var meanRatio: Double
  /// Share of training patches with less than a tenth of the mean variance.
  public var dullShare: Double
  /// How the power of images that look whitened already falls with frequency; nil of others.
  public var whiteSlope: Double?
  /// Whether red, green and blue were asked for, but are alike.
  public var lacksColours: Bool
  /// Images that were left out, and why.
  public var leftOut: [String]
  /// What is not read of a folder, pictures in other formats and data files, a sentence of each.
  public var passedOver: [String] = []

  /// - Parameters:
  ///   - images: numbers of images for training, validation, test.
  ///   - sizes: of all images.
  ///   - sample: patches as they are in the images, `[patches, D]`.
  init(
    title: String, images: [Int], sizes: [ImageSize], leftOut: [ImageDataError] = [],
    preprocessing: Preprocessing, train: Matrix, validation: Matrix, test: Matrix,
    sample: Matrix
  ) {
    let statistics = PatchStatistics(of: train)
    self.title = title
    self.images = images
    patches = [train.rows, validation.rows, test.rows]
    smallestImage = sizes.min() ?? preprocessing.patch
    largestImage = sizes.max() ?? preprocessing.patch
    self.preprocessing = preprocessing
    pixelMean = statistics.pixelMean
    pixelDeviation = statistics.pixelVariance.squareRoot()
    validationDeviation =
      validation.rows == 0
      ? nil : PatchStatistics(of: validation).pixelVariance.squareRoot()
    meanRatio = statistics.meanRatio
    dullShare = statistics.dullShare
    lacksColours = preprocessing.colour.map { _ in !ColourTreatment.areColours(sample) } ?? false
    let spectrum = PatchSpectrum(of: sample, preprocessing.patch)
    whiteSlope = spectrum.flatMap { $0.isWhite ? $0.slope : nil }
    self.leftOut = leftOut.map(\.description)
  }

  /// The most images that are named where some were left out.
  private static let named = 20

  /// What looks wrong, a sentence each.
  public var warnings: [String] {
    var warnings: [String] = []
    if abs(pixelDeviation * pixelDeviation - 1) > 0.05 {
      warnings.append(
        "The pixel variance is \(decimal(pixelDeviation * pixelDeviation)), not 1: noise and "
          + "prior scales mean something else.")
    }
    if let deviation = validationDeviation, !(0.67...1.5).contains(deviation) {
      warnings.append(
        "Validation pixels have standard deviation \(decimal(deviation)): the images for "
          + "validation are unlike those for training, or too few.")
    }
    if meanRatio > 0.1 {
      warnings.append(
        "The mean patch has \(decimal(meanRatio)) of the pixels' standard deviation: filters will "
          + "be spent on it.")
    }
    if dullShare > 0.5 {
      warnings.append(
        "\(percent(dullShare)) of the patches are dull: leaving out patches of low variance would "
          + "give more structure to learn from.")
    }
    if preprocessing.kind == .cut {
      let pixels = images[0] * largestImage.area
      let covered = patches[0] * preprocessing.patch.area
      if covered > 20 * pixels {
        warnings.append(
          "Each pixel is in more than \(covered / pixels) patches: fewer patches or more images "
            + "would tell the model more.")
      }
    }
    if let whiteSlope, preprocessing.whitening != .none {
      warnings.append(
        "The images look whitened already: their power falls as f^\(String(format: "%.1f", whiteSlope)), "
          + "that of photographs as f^-2. To whiten them again raises noise: --whitening none takes "
          + "them as they are.")
    }
    if lacksColours {
      warnings.append(
        "The images have no colours: red, green and blue are alike. --colour grey learns the same "
          + "from a third of the numbers.")
    }
    if !leftOut.isEmpty {
      warnings.append(
        "\(leftOut.count) image\(leftOut.count == 1 ? " was" : "s were") left out: "
          + leftOut.prefix(Self.named).joined(separator: "; ")
          + (leftOut.count > Self.named ? "; and \(leftOut.count - Self.named) more." : "."))
    }
    return warnings + passedOver
  }

  /// Aligned lines, then the warnings.
  public var description: String {
    let sizes =
      smallestImage == largestImage
      ? "\(smallestImage)" : "\(smallestImage) to \(largestImage)"
    let share = percent(dullShare)
    var lines = [
      ("data", title),
      ("images", "\(grouped(images.reduce(0, +))) of \(sizes) pixels; \(splits(images))"),
      (
        "patches",
        "\(preprocessing.patchText); \(splits(patches))"
      ),
      (
        "colours",
        (preprocessing.colour == nil ? "as luminance (Rec. 709) of " : "red, green and blue of ")
          + preprocessing.luminance.values
      ),
      ("whitening", whitening),
      (
        "pixels",
        "mean \(decimal(pixelMean)), standard deviation \(decimal(pixelDeviation))"
          + (validationDeviation.map { " (validation \(decimal($0)))" } ?? "")
      ),
      ("mean patch", "\(decimal(meanRatio)) of the standard deviation"),
      ("dull patches", "\(share) have less than a tenth of the mean variance"),
    ]
    lines += warnings.map { ("warning", $0) }
    return lines.map { label, text in
      label.padding(toLength: 14, withPad: " ", startingAt: 0) + text
    }.joined(separator: "\n")
  }

  private var whitening: String {
    let name = preprocessing.whitening.title(cutoff: preprocessing.cutoff)
    let mean =
      preprocessing.removesPatchMean
      ? "each patch's mean removed" : "mean patch removed"
    let channels = preprocessing.colour?.components == nil ? "" : "; the three channels by ZCA"
    return "\(name)\(channels); \(mean); scaled by \(String(format: "%.4g", preprocessing.scale))"
  }

  private func splits(_ counts: [Int]) -> String {
    "\(grouped(counts[0])) training, \(grouped(counts[1])) validation, \(grouped(counts[2])) test"
  }

  private func decimal(_ value: Double) -> String {
    // No "-0.000".
    String(format: "%.3f", abs(value) < 0.0005 ? 0 : value)
  }

  private func percent(_ share: Double) -> String {
    String(format: "%.0f %%", 100 * share)
  }
}

/// 65536 as "65,536".
func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  return digits.indices.map { index in
    (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digits[index])
  }.joined()
}
