import Foundation

/// Choosing one of the arrays that a file holds by name.
enum NamedArrays {
  /// What a file holds under a name.
  struct Variable {
    var name: String
    /// nil where it is not an array of real numbers.
    var header: ArrayHeader?
    /// What it is, where it is not an array of real numbers.
    var kind: String
  }

  /// The array of the name `wanted`, or the only one that could be images.
  ///
  /// - Throws: where there is none, or more than one; the message lists them.
  static func choose(
    _ wanted: String?, from variables: [Variable], in file: URL
  ) throws(ImageDataError) -> ArrayHeader {
    let arrays = variables.compactMap { variable in
      variable.header.map { (variable.name, $0.shape) }
    }
    let name: String
    if let wanted { name = wanted } else { name = try only(arrays, in: file) }
    guard let found = variables.first(where: { $0.name == name }) else {
      throw noSuch(name, variables.map(\.name), in: file)
    }
    guard let header = found.header else {
      throw ImageDataError(
        file: file, "variable \(name): is \(found.kind)",
        remedy: "expected an array of real numbers")
    }
    return header
  }

  /// The name of the only array that could be images: two or more axes longer than 1.
  ///
  /// - Throws: where there is none, or more than one; the message lists them.
  static func only(
    _ arrays: [(name: String, shape: [Int])], in file: URL
  ) throws(ImageDataError) -> String {
    let candidates = arrays.filter { array in array.shape.count { $0 > 1 } >= 2 }
    if candidates.count == 1 { return candidates[0].name }
    let list = arrays.map { "\($0.name) (\(ArrayHeader.text($0.shape)))" }.joined(separator: ", ")
    guard candidates.isEmpty else {
      throw ImageDataError(
        file: file, "holds several arrays: \(list)",
        remedy: "say which by its name: variable, --variable")
    }
    throw ImageDataError(
      file: file,
      arrays.isEmpty
        ? "holds no array of numbers" : "holds no array that could be images, only \(list)",
      remedy: "expected one of two or three axes")
  }

  /// The error about a name that is not there.
  static func noSuch(_ name: String, _ names: [String], in file: URL) -> ImageDataError {
    ImageDataError(
      file: file, "holds no variable \(name)",
      remedy: names.isEmpty
        ? "it holds none at all"
        : "there are: "
          + names.joined(separator: ", "))
  }
}
