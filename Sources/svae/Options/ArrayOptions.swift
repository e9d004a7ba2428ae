import ArgumentParser
import ImageData

/// How data that a run was not trained on is to be read.
struct OtherDataOptions: ParsableArguments {
  typealias Option = ArgumentParser.Option<Given<DataConfiguration>?>

  @Flag(help: .flag("data.skipsUnreadable", of: DataConfiguration.self))
  var skipUnreadable = false

  @Option("data.largestImage", valueName: "megapixels") var largestImage

  @OptionGroup var arrays: ArrayOptions

  func apply(to preparation: inout DataConfiguration) {
    if skipUnreadable { preparation.skipsUnreadable = true }
    largestImage?.change(&preparation)
    arrays.apply(to: &preparation)
  }
}

/// How the arrays of data files (npy, npz, MATLAB) are to be understood.
struct ArrayOptions: ParsableArguments {
  typealias Option = ArgumentParser.Option<Given<DataConfiguration>?>

  @Option("data.arrays") var arrays

  @Option("data.variable", valueName: "name") var variable

  @Option("data.imageAxis") var imageAxis

  @Option("data.patchHeight", valueName: "pixels") var patchHeight

  /// What the options give.
  var given: [Given<DataConfiguration>?] { [arrays, variable, imageAxis, patchHeight] }

  func apply(to preparation: inout DataConfiguration) {
    for given in given { given?.change(&preparation) }
  }

  mutating func validate() throws {
    var preparation = DataConfiguration()
    apply(to: &preparation)
    do {
      try preparation.validate()
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
