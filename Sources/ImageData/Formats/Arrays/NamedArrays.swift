import Files
import Foundation

/// An array that a file holds by name, or why what it holds is not one.
struct NamedArray {
  var name: String
  var header: Result<ArrayHeader, ImageDataError>
  /// What it is, where it is not an array of real numbers.
  var other: OtherVariable?
  /// Whether its file is of a version that SciPy does not read.
  var isHDF5 = false

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
    let others = compactMap { array in array.other.map { "\(array.name) (\($0.description))" } }
    let found = ([list] + others).filter { !$0.isEmpty }
    let problem =
      "holds no array " + (arrays.isEmpty ? "of numbers" : "that could be images")
    let remedy = lazy.compactMap { $0.other?.remedy($0.name, file, isHDF5: $0.isHDF5) }.first
    throw ImageDataError(
      file: file,
      problem + (found.isEmpty ? "" : ", only " + found.prefix(10).joined(separator: ", ")),
      remedy: remedy ?? "expected one of two or three axes")
  }
}

extension NamedArray {
  /// A variable that is not an array of real numbers.
  init(_ name: String, _ other: OtherVariable, in file: URL, isHDF5: Bool = false) {
    (self.name, self.other, self.isHDF5) = (name, other, isHDF5)
    header = .failure(
      ImageDataError(
        file: file, "variable \(name): is \(other.description)",
        remedy: other.remedy(name, file, isHDF5: isHDF5) ?? "expected an array of real numbers"))
  }
}

/// What MATLAB has besides arrays of real numbers.
enum OtherVariable: Hashable, Codable {
  case structure(fields: [String])
  case cells, complex, sparse, text
  /// "an object"
  case kind(String)

  var description: String {
    switch self {
    case .structure(let fields):
      fields.isEmpty
        ? "a struct"
        : "a struct with the field\(fields.count == 1 ? "" : "s") "
          + fields.prefix(10).joined(separator: ", ") + (fields.count > 10 ? ", …" : "")
    case .cells: "a cell array"
    case .complex: "an array of complex numbers"
    case .sparse: "a sparse matrix"
    case .text: "text"
    case .kind(let name): name
    }
  }

  /// How an array of real numbers can be made of it; nil where it cannot.
  func remedy(_ name: String, _ file: URL, isHDF5: Bool) -> String? {
    let (matlab, python): (String, String)
    switch self {
    case .structure(let fields):
      let field = fields.first ?? "field"
      (matlab, python) = ("\(name).\(field)", "d['\(name)']['\(field)'][0, 0]")
    case .cells:
      matlab = "cat(3, \(name){:})"
      python = "numpy.stack(list(d['\(name)'].ravel()), -1)"
    case .complex: (matlab, python) = ("abs(\(name))", "abs(d['\(name)'])")
    case .sparse: (matlab, python) = ("full(\(name))", "d['\(name)'].toarray()")
    case .text, .kind: return nil
    }
    let file = file.shownName
    let way = "in MATLAB: load('\(file)'); x = \(matlab); save('x.mat', 'x', '-v7')"
    if isHDF5 { return way }
    return way + ", or in Python: d = scipy.io.loadmat('\(file)'); "
      + "scipy.io.savemat('x.mat', {'x': \(python)})"
  }
}
