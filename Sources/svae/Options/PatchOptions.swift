import ArgumentParser
import ImageData

extension Whitening: ExpressibleByArgument {}

/// The patches that are learned from.
struct PatchOptions: ParsableArguments {
  @Option(
    help: """
      Height and width of patches cut from photographs, in pixels. \
      (default: \(DataConfiguration().patchSize))
      """)
  var patchSize: Int?

  @Option(help: "Number of training patches. (default: \(DataConfiguration().patches))")
  var patches: Int?

  @Option(
    help: """
      How patches are whitened. (default: olshausen-field; none for small images such as digits)
      """)
  var whitening: Whitening?

  func apply(to preparation: inout DataConfiguration) {
    if let patchSize { preparation.patchSize = patchSize }
    if let patches { preparation.patches = patches }
    if let whitening { preparation.whitening = whitening }
  }
}
