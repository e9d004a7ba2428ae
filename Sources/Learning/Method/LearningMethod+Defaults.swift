import ImageData

/// Data whose defaults are taken.
public enum DefaultsKind: String, CaseIterable, Sendable {
  /// Photographs, or patches of such.
  case photographs
  /// Small images that are whole, such as digits.
  case smallImages = "small-images"
}

extension LearningMethod {
  /// What other settings are laid over for a source: the defaults by its kind and, of images that
  /// are patches, by their spectrum.
  ///
  /// - Parameter kind: whose defaults are wanted; nil decides.
  /// - Returns: also a word on what was decided, where it is not obvious.
  /// - Throws: an error where the data, or the run to start from, cannot be read.
  public func base(
    for source: DataSource, _ kind: DefaultsKind? = nil
  ) throws -> (configuration: Self, note: String?) {
    let areCutBefore = kind == nil ? try source.arePatchesOfPhotographs() : false
    let isPhotographs = kind.map { $0 == .photographs } ?? (areCutBefore || source.kind == .cut)
    var configuration = try base(for: isPhotographs ? .cut : .whole)
    let whitening = configuration.data.preparation.whitening
    if isPhotographs && source.kind == .whole && (whitening ?? .olshausenField) == .olshausenField {
      // Patches cannot be whitened as whole images.
      configuration.data.preparation.whitening = .zca
      configuration.data.preparation.removesPatchMean = true
    }
    let note =
      areCutBefore
      ? "of photographs: by their spectrum the patches were cut from such (--defaults small-images "
        + "for those of digits)" : nil
    return (configuration, note)
  }
}
