import ArgumentParser
import ImageData
import Learning

/// How data that a run was not trained on is to be read.
struct OtherDataOptions: ParsableArguments {
  typealias Option = ArgumentParser.Option<Given<DataConfiguration>?>

  @Flag(help: .flag("data.skipsUnreadable", of: DataConfiguration.self))
  var skipUnreadable = false

  @Flag(help: "These are patches, whitened and scaled already as the training data was.")
  var treated = false

  @Flag(help: "Take values of whatever scale, however unlike the training data's.")
  var anyScale = false

  @OptionGroup var arrays: ArrayOptions

  func apply(to data: inout OtherData) {
    if skipUnreadable { data.preparation.skipsUnreadable = true }
    arrays.apply(to: &data.preparation)
    (data.isTreated, data.takesAnyScale) = (treated, anyScale)
  }
}

/// How data files are to be understood: arrays (npy, npz, MATLAB) and large pictures.
struct ArrayOptions: ParsableArguments {
  typealias Option = ArgumentParser.Option<Given<DataConfiguration>?>

  @Option("data.arrays") var arrays

  @Option("data.variable", valueName: "name") var variable

  @Option("data.imageAxis") var imageAxis

  @Option("data.patchHeight", valueName: "pixels") var patchHeight

  @Option("data.largestImage", valueName: "megapixels") var largestImage

  /// What the options give.
  var given: [Given<DataConfiguration>?] {
    [arrays, variable, imageAxis, patchHeight, largestImage]
  }

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
