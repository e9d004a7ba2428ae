import ImageData

/// How data that a run was not trained on is to be read and treated.
public struct OtherData {
  /// How arrays are to be understood, and how many patches are cut.
  public var preparation: DataConfiguration
  /// Whether these are patches that are whitened and scaled already, as the training data was.
  public var isTreated = false
  /// Whether values of quite another scale than in training are taken.
  public var takesAnyScale = false
  /// Told of files that were left out, and of what looks wrong.
  public var notice: (String) -> Void = { _ in }

  /// Data that is read as `preparation` says.
  public init(_ preparation: DataConfiguration) { self.preparation = preparation }
}
