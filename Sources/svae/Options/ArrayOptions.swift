import ArgumentParser
import ImageData

extension ArrayMeaning: ExpressibleByArgument {}
extension ImageAxis: ExpressibleByArgument {}

extension Luminance: EnumerableFlag {
  public static func help(for value: Luminance) -> ArgumentHelp? {
    switch value {
    case .gamma:
      """
      Colours become luminance (Rec. 709) of the values as stored, encoded for the eye. (default)
      """
    case .linear: "Colours become luminance of the light: sRGB's gamma is undone first."
    }
  }
}

/// How data that a run was not trained on is to be read.
struct OtherDataOptions: ParsableArguments {
  @Flag(help: "Leave out files that cannot be read, and name them.")
  var skipUnreadable = false

  @OptionGroup var arrays: ArrayOptions

  func apply(to preparation: inout DataConfiguration) {
    if skipUnreadable { preparation.skipsUnreadable = true }
    arrays.apply(to: &preparation)
  }
}

/// How the arrays of data files (npy, npz, MATLAB) are to be understood.
struct ArrayOptions: ParsableArguments {
  @Option(
    help: """
      What data files hold: images, to cut patches from, or patches. (default: automatic, by shape)
      """)
  var arrays: ArrayMeaning?

  @Option(
    help: ArgumentHelp(
      "The array to take from an npz or MATLAB file that holds several.", valueName: "name"))
  var variable: String?

  @Option(
    help: """
      Which of an array's three axes counts the images. (default: last in MATLAB files, else first)
      """)
  var imageAxis: ImageAxis?

  @Option(
    help: ArgumentHelp(
      "Height of patches that are rows of numbers, [N, D], where they are not square.",
      valueName: "pixels"))
  var patchHeight: Int?

  func apply(to preparation: inout DataConfiguration) {
    if let arrays { preparation.arrays = arrays }
    if let variable { preparation.variable = variable }
    if let imageAxis { preparation.imageAxis = imageAxis }
    if let patchHeight { preparation.patchHeight = patchHeight }
  }

  mutating func validate() throws {
    if let patchHeight, patchHeight < 1 {
      throw ValidationError("'--patch-height \(patchHeight)': expected at least 1.")
    }
  }
}
