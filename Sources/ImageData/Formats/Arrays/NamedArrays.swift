import Foundation

/// An array that a file holds by name, or why what it holds is not one.
struct NamedArray {
  var name: String
  var header: Result<ArrayHeader, ImageDataError>

  /// The shape; nil where this is not an array of real numbers.
  var shape: [Int]? { try? header.get().shape }
}

extension [NamedArray] {
  /// The array of the name `wanted`, or the only one that could be images.
  ///
  /// - Throws: where there is none, or more than one; the message lists them.
  func choose(_ wanted: String?, in file: URL) throws(ImageDataError) -> ArrayHeader {
    let name: String
    if let wanted { name = wanted } else { name = try only(in: file) }
    guard let found = first(where: { $0.name == name }) else {
      throw ImageDataError(
        file: file, "holds no variable \(name)",
        remedy: isEmpty
          ? "it holds none at all" : "there are: " + map(\.name).joined(separator: ", "))
    }
    return try found.header.get()
  }

  /// The name of the only array that could be images: two or more axes longer than 1.
  private func only(in file: URL) throws(ImageDataError) -> String {
    let arrays = compactMap { array in array.shape.map { (name: array.name, shape: $0) } }
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
}

extension ImageDataError {
  /// A variable that is something else: "a cell array".
  static func notAnArray(_ file: URL, _ name: String, _ kind: String) -> ImageDataError {
    ImageDataError(
      file: file, "variable \(name): is \(kind)", remedy: "expected an array of real numbers")
  }
}
