import ArgumentParser
import ImageData
import Learning

/// The patches that are learned from.
struct PatchOptions: ParsableArguments {
  typealias Option = ArgumentParser.Option<Given<DataConfiguration>?>

  @Option("data.patchSize") var patchSize

  @Option("data.patches") var patches

  @Option("data.whitening") var whitening

  @Option("data.rejectsVarianceBelow", valueName: "share") var rejectVarianceBelow

  @Flag(help: .flag("data.skipsUnreadable", of: DataConfiguration.self))
  var skipUnreadable = false

  @Option("data.colour") var colour

  @Flag var luminance: Luminance?

  @OptionGroup var arrays: ArrayOptions

  /// What the options give, in order.
  var given: [Given<DataConfiguration>?] {
    let luminance = luminance.map { value in Given<DataConfiguration> { $0.luminance = value } }
    return [
      patchSize, patches, whitening, rejectVarianceBelow,
      Given("data.skipsUnreadable", flag: skipUnreadable ? true : nil),
      colour, luminance,
    ] + arrays.given
  }

  /// The same of a configuration that has data.
  func given<Content: Configuration>(to: Content.Type) -> [Given<Content>?] {
    given.map { given in
      given.map { given in Given { given.change(&$0.data.preparation) } }
    }
  }
}

extension Luminance: EnumerableFlag {
  public static func help(for value: Luminance) -> ArgumentHelp? {
    switch value {
    case .gamma:
      """
      Colours count, as luminance (Rec. 709) or themselves, as stored, encoded for the eye. (default)
      """
    case .linear: "Colours count as light: sRGB's gamma is undone first."
    }
  }
}
