import Compute
import Foundation

/// Compares new patches with those that a run was trained on: treated alike, their pixels have a
/// mean square near 1, as those have.
package struct ScaleCheck {
  /// Beyond this factor there is a warning.
  private static let suspect = 3.0
  /// Beyond this factor the patches are refused.
  private static let refused = 100.0

  private let raw: RawPixels?
  private let title: String
  private let takesAny: Bool
  private var treated = PixelSums()
  private var given = PixelSums()
  /// Whether `given` were cut from whitened images: nothing to compare with the training images.
  private var givenAreWhitened = false
  /// Of the patches' own means.
  private var means = PixelSums()
  /// Whether whole images are whitened before patches are cut.
  private let whitensImages: Bool
  /// Whether treated patches have no means of their own.
  private let removesMean: Bool

  /// - Parameters:
  ///   - title: of the patches, in messages.
  ///   - takesAny: whether no scale is refused.
  package init(_ preprocessing: Preprocessing, of title: String, takesAny: Bool) {
    (raw, self.title, self.takesAny) = (preprocessing.raw, title, takesAny)
    whitensImages = preprocessing.whitening == .olshausenField
    removesMean = preprocessing.removesPatchMean && preprocessing.whitening != .pca
  }

  /// - Parameters:
  ///   - patches: treated as the training patches were.
  ///   - raw: the same before that, but after whole images were whitened; nil where they came treated.
  /// - Throws: where these alone are far too large, whatever follows.
  package mutating func add(_ patches: Matrix, raw: Matrix?) throws(ImageDataError) {
    givenAreWhitened = whitensImages
    try add(patches, raw: PixelSums(raw?.elements ?? []))
  }

  /// A whole image as it is, compared with the training patches as they were.
  package mutating func add(_ image: RasterImage) throws(ImageDataError) {
    guard let raw, raw.variance > 0 else { return }
    let (mean, deviation) = (Float(raw.mean), Float(raw.variance.squareRoot()))
    let standard = image.pixels.map { ($0 - mean) / deviation }
    try add(
      Matrix(rows: 1, columns: standard.count, elements: standard), raw: PixelSums(image.pixels))
  }

  mutating func add(_ patches: Matrix, raw: PixelSums) throws(ImageDataError) {
    let part = PixelSums(patches.elements)
    treated.add(part)
    means.add((0..<patches.rows).lazy.map { patches.row($0).reduce(0, +) / Float(patches.columns) })
    given.add(raw)
    if part.meanSquare > Self.refused { try refuse(part.meanSquare) }
  }

  /// - Returns: what looks wrong, if anything does.
  /// - Throws: where all patches together are far too small. Patches of zeros are taken.
  package func finish() throws(ImageDataError) -> String? {
    let ratio = treated.meanSquare
    guard treated.count > 0, ratio > 0 else { return nil }
    // Of treated patches, small ones are no mistake of scale: those that a model drew, say.
    if ratio < 1 / Self.refused && given.count > 0 { try refuse(ratio) }
    if removesMean && given.count == 0 && means.meanSquare > 0.5 * ratio {
      return "\(title): the patches have means of their own, which whitened ones do not have: "
        + "they may not be treated yet"
    }
    guard !(1 / Self.suspect...Self.suspect).contains(ratio) else { return nil }
    return "\(problem(ratio)): codes and likelihoods may mean little"
  }

  private func refuse(_ ratio: Double) throws(ImageDataError) {
    if takesAny { return }
    throw ImageDataError(problem(ratio), remedy: remedy)
  }

  private func problem(_ ratio: Double) -> String {
    let factor = ratio > 1 ? ratio : 1 / ratio
    let size = String(format: factor < 10 ? "%.1f" : "%.0f", factor)
    var text =
      "\(title): the variance of the pixels is \(size) times "
      + (ratio > 1 ? "larger" : "smaller") + " than in training"
    if givenAreWhitened || given.count == 0 {
      text += " after whitening" + (given.count == 0 ? " and scaling" : "")
    } else if let given = given.pixels, let raw {
      text +=
        " (values from \(number(given.smallest)) to \(number(given.largest)), in training "
        + "from \(number(raw.smallest)) to \(number(raw.largest)))"
    }
    return text
  }

  private var remedy: String {
    let rest = "or take them as they are with --any-scale"
    guard given.count > 0 else {
      return "expected patches that were whitened and scaled as in training, \(rest)"
    }
    guard let given = given.pixels, let raw else { return "bring them to its scale, \(rest)" }
    let ratio =
      givenAreWhitened
      ? treated.meanSquare.squareRoot()
      : Double(given.largest - given.smallest) / Double(raw.largest - raw.smallest)
    let factors = [255.0, 65_535, 257]
    // Patches need not reach the ends of the range.
    func isNear(_ factor: Double) -> Bool { (0.6...1.4).contains(ratio / factor) }
    if let factor = factors.first(where: isNear) {
      return "divide them by \(Int(factor)), \(rest)"
    }
    if let factor = factors.first(where: { isNear(1 / $0) }) {
      return "multiply them by \(Int(factor)), \(rest)"
    }
    return "bring them to the same scale, \(rest)"
  }

  private func number(_ value: Float) -> String { String(format: "%.6g", value) }
}
