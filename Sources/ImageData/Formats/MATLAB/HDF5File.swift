import CHDF5
import Files
import Foundation

/// What lies in an HDF5 file, read by libhdf5. A damaged file may crash the process.
struct HDF5File: ~Copyable {
  private let handle: hid_t

  /// Groups inside groups, and variables: more is damage.
  private static let (deepest, most) = (8, 10_000)

  /// nil where the file cannot be opened.
  init?(_ path: String) {
    handle = SystemPath.with(path) { svae_h5_open($0) }
    if handle < 0 { return nil }
  }

  deinit { H5Fclose(handle) }

  /// All variables; those in groups, which structs are, with the groups' names: "data/images".
  func variables() -> [MATLAB73Variable] {
    var variables: [MATLAB73Variable] = []
    list(handle, prefix: "", depth: 0, into: &variables)
    return variables
  }

  private func list(
    _ group: hid_t, prefix: String, depth: Int, into variables: inout [MATLAB73Variable]
  ) {
    for place in 0..<min(svae_h5_links(group), UInt64(Self.most)) {
      var text = [CChar](repeating: 0, count: 1024)
      let length = svae_h5_link_name(group, place, &text, text.count)
      // "#refs#" holds what cells refer to.
      guard length > 0, length < text.count, text[0] != CChar(bitPattern: UInt8(ascii: "#")),
        svae_h5_is_local(group, text) != 0, variables.count < Self.most
      else { continue }
      let object = svae_h5_object(group, text)
      guard object >= 0 else { continue }
      defer { H5Oclose(object) }
      let name =
        prefix + String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      switch H5Iget_type(object) {
      case H5I_DATASET: variables.append(Self.variable(object, name))
      case H5I_GROUP where H5Aexists(object, "MATLAB_sparse") > 0:
        variables.append(MATLAB73Variable(name: name, other: .sparse))
      case H5I_GROUP where depth < Self.deepest:
        list(object, prefix: name + "/", depth: depth + 1, into: &variables)
      default: break
      }
    }
  }

  private static func variable(_ data: hid_t, _ name: String) -> MATLAB73Variable {
    var variable = MATLAB73Variable(name: name)
    var text = [CChar](repeating: 0, count: 64)
    let isMATLAB = svae_h5_text(data, "MATLAB_class", &text, text.count) != 0
    let kind = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    variable.isRowMajor = !isMATLAB
    variable.shape = shape(data)
    if !isMATLAB { variable.shape.reverse() }
    // Of an empty array, the numbers are its shape.
    if H5Aexists(data, "MATLAB_empty") > 0 { variable.shape = [0, 0] }
    let type = H5Dget_type(data)
    defer { H5Tclose(type) }
    variable.isLogical = kind == "logical" || H5Tget_class(type) == H5T_ENUM
    variable.type = numberType(type)
    if kind == "char" || H5Tget_class(type) == H5T_STRING {
      variable.other = .text
    } else if H5Tget_class(type) == H5T_REFERENCE {
      variable.other = .cells
    } else if H5Tget_class(type) == H5T_COMPOUND {
      variable.other = H5Tget_nmembers(type) == 2 ? .complex : .kind("a table of several fields")
    } else if variable.type == nil {
      variable.other = .kind("not an array of numbers")
    }
    return variable
  }

  /// The lengths of the axes, the one that varies fastest first; none where there are more than
  /// eight.
  private static func shape(_ data: hid_t) -> [Int] {
    let space = H5Dget_space(data)
    defer { H5Sclose(space) }
    let count = Int(H5Sget_simple_extent_ndims(space))
    guard (0...8).contains(count) else { return [] }
    var lengths = [hsize_t](repeating: 0, count: 8)
    H5Sget_simple_extent_dims(space, &lengths, nil)
    return lengths[..<count].reversed().map { Int(truncatingIfNeeded: $0 & (1 << 62 - 1)) }
  }

  /// The type that numbers are read into; nil where they are none.
  private static func numberType(_ type: hid_t) -> NumberType.Kind? {
    let size = H5Tget_size(type)
    switch H5Tget_class(type) {
    // Half precision, too, becomes float32.
    case H5T_FLOAT: return size <= 4 ? .float32 : size == 8 ? .float64 : nil
    case H5T_INTEGER:
      let isSigned = H5Tget_sign(type) == H5T_SGN_2
      return NumberType.Kind(rawValue: (isSigned ? "int" : "uint") + "\(8 * size)")
    // Truth values, as h5py writes them.
    case H5T_ENUM: return size == 1 ? .int8 : nil
    default: return nil
    }
  }

  /// The numbers of a variable, in this machine's order; nil where they cannot be read.
  func numbers(_ header: ArrayHeader, count: Int) -> Data? {
    guard let name = header.variable else { return nil }
    let data = svae_h5_object(handle, name)
    guard data >= 0 else { return nil }
    defer { H5Oclose(data) }
    let type = H5Dget_type(data)
    defer { H5Tclose(type) }
    let kind = header.type.kind.rawValue
    let native =
      H5Tget_class(type) == H5T_ENUM
      ? type
      : svae_h5_native(
        kind.hasPrefix("float") ? 1 : 0, kind.hasPrefix("int") ? 1 : 0, header.type.size)
    var bytes = Data(count: count)
    let status = bytes.withUnsafeMutableBytes { svae_h5_read(data, native, $0.baseAddress) }
    return status >= 0 ? bytes : nil
  }
}
