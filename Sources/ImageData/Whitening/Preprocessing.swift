import Compute

/// Everything needed to treat new data as the training data was treated.
///
/// In this order: decode to luminance or to red, green and blue; whiten the whole image, each
/// channel (Olshausen & Field); cut patches; remove each patch's mean, each channel's in colour;
/// remove the mean patch; whiten each pixel's channels; whiten the patch (PCA, ZCA); multiply by one
/// scale that made the variance of the training pixels 1.
public struct Preprocessing: Codable, Hashable, Sendable {
  /// Whether patches are cut from images or are whole images.
  public var kind: PatchKind
  /// Pixels.
  public var patchHeight: Int
  /// Pixels.
  public var patchWidth: Int
  /// What is done to colours; nil where patches are grey.
  public var colour: ColourTreatment?
  /// How colours became grey, and stored values light.
  public var luminance: Luminance
  /// Which whitening was done, on the whole image or on each patch.
  public var whitening: Whitening
  /// f₀ of Olshausen and Field's filter, cycles/pixel.
  public var cutoff: Double
  /// Pixels along an image's border that no patch contains.
  public var border: Int
  /// Whether the mean of each patch was subtracted from it.
  public var removesPatchMean: Bool
  /// Patches of less variance (before mean patch, PCA, ZCA and scale) were left out of the data.
  public var smallestVariance: Double?
  /// The mean patch, `[D]`, that was subtracted; nil where none was.
  public var mean: [Float]?
  /// For PCA and ZCA.
  public var components: PrincipalComponents?
  /// What was multiplied by at the end.
  public var scale: Float
  /// What the training patches were like before all this; nil where that is not known: of models
  /// that were trained elsewhere.
  public var raw: RawPixels?

  /// Nothing is done to patches, cut from images as they are: for models that were trained
  /// elsewhere, on patches whose treatment is not known here.
  public static func untreated(
    patchHeight: Int, patchWidth: Int, _ colour: ColourMode = .grey
  ) -> Preprocessing {
    var configuration = DataConfiguration()
    configuration.colour = colour
    return Preprocessing(
      configuration, kind: .cut, patch: ImageSize(height: patchHeight, width: patchWidth))
  }

  /// Height and width of a patch.
  public var patch: ImageSize { ImageSize(height: patchHeight, width: patchWidth) }

  /// Channels of a patch: 1, or 3 in colour.
  public var channels: Int { colourMode.channels }

  /// Whether patches are grey or in colour.
  public var colourMode: ColourMode { colour == nil ? .grey : .rgb }

  /// What the samples of pictures become.
  var form: PixelForm { PixelForm(colour: colourMode, luminance: luminance) }

  /// Number of values of a patch, D: its pixels, in colour those of three channels.
  public var pixels: Int { channels * patchHeight * patchWidth }

  /// "12 × 12 pixels", "12 × 12 pixels in 3 colours"
  public var patchText: String { "\(patch) pixels" + (colour == nil ? "" : " in 3 colours") }

  /// The shape of a patch in arrays: `[height, width]`, in colour `[3, height, width]`.
  public var patchShape: [Int] {
    (colour == nil ? [] : [channels]) + [patchHeight, patchWidth]
  }

  /// The whole image as patches are cut from it.
  public func whitened(_ image: RasterImage) -> RasterImage {
    whitening == .olshausenField
      ? image.mapChannels(OlshausenFieldFilter(cutoff: cutoff).callAsFunction) : image
  }

  /// Treats patches, cut from `whitened` images, as the training patches were treated.
  ///
  /// - Parameter patches: `[patches, D]`; changed in place.
  public func apply(to patches: inout Matrix) {
    precondition(patches.columns == pixels, "\(patches.columns) columns for \(pixels) pixels")
    if removesPatchMean { removePatchMeans(&patches, channels: channels) }
    finish(&patches)
  }

  /// All steps after the removal of each patch's mean.
  func finish(_ patches: inout Matrix) {
    if let mean { patches.addToRows(mean, times: -1) }
    colour?.apply(to: &patches)
    if let components {
      patches = LinearAlgebra.product(
        patches, components.whiteningMatrix(whitening), transposeB: true)
    }
    multiply(&patches, by: scale)
  }

  /// Takes treated patches, or filters, back toward pixels: scale, PCA or ZCA, the whitening of
  /// channels, and (for patches) the mean patch are undone. What Olshausen and Field's filter and each patch's own mean took
  /// out remains out.
  ///
  /// - Parameters:
  ///   - rows: `[n, D]`
  ///   - addsMean: true for patches, false for filters.
  public func restored(_ rows: Matrix, addsMean: Bool = true) -> Matrix {
    precondition(rows.columns == pixels, "\(rows.columns) columns for \(pixels) pixels")
    var restored = rows
    multiply(&restored, by: 1 / scale)
    if let components {
      restored = LinearAlgebra.product(
        restored, components.inverseMatrix(whitening), transposeB: true)
    }
    colour?.undo(&restored)
    if addsMean, let mean { restored.addToRows(mean) }
    return restored
  }
}

/// Whether patches are cut from larger images or are whole images.
public enum PatchKind: String, CaseIterable, Codable, Hashable, Sendable {
  /// Cut from larger images at random positions: photographs, dead leaves.
  case cut
  /// Every image is one patch: MNIST.
  case whole
}

/// Subtracts from each channel of each row its own mean.
func removePatchMeans(_ patches: inout Matrix, channels: Int = 1) {
  let area = patches.columns / channels
  patches.elements.withUnsafeMutableBufferPointer { elements in
    for start in stride(from: 0, to: elements.count, by: max(area, 1)) {
      removeMean(UnsafeMutableBufferPointer(rebasing: elements[start..<start + area]))
    }
  }
}

/// Subtracts their mean, computed in Double, from `values`.
func removeMean(_ values: UnsafeMutableBufferPointer<Float>) {
  var sum = 0.0
  for value in values { sum += Double(value) }
  let mean = Float(sum / Double(max(values.count, 1)))
  for index in values.indices { values[index] -= mean }
}

/// Multiplies every element.
func multiply(_ patches: inout Matrix, by factor: Float) {
  patches.elements.withUnsafeMutableBufferPointer { elements in
    for index in elements.indices { elements[index] *= factor }
  }
}
