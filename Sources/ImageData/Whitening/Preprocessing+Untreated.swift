extension Preprocessing {
  /// Nothing is done to patches, cut from images as they are: for models that were trained
  /// elsewhere, on patches whose treatment is not known here.
  public static func untreated(patchHeight: Int, patchWidth: Int) -> Preprocessing {
    let defaults = DataConfiguration()
    return Preprocessing(
      kind: .cut, patchHeight: patchHeight, patchWidth: patchWidth, luminance: defaults.luminance,
      whitening: .none, cutoff: defaults.cutoff, border: defaults.border, removesPatchMean: false,
      scale: 1)
  }
}
