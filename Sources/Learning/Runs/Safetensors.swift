import Files
import Foundation
import ImageData
import LatentVariableModels

/// The safetensors format: an 8-byte little-endian length, a JSON header, then raw tensors.
///
/// Written with float32 tensors, string metadata and a checksum; numbers of any type are read, rounded
/// to float32.
public struct Safetensors: Sendable {
  /// The tensors, sorted by name where they were read from a file.
  public var tensors: [NamedTensor]
  /// Words by name.
  public var metadata: [String: String]
  /// Whether these are what a file's checksum says.
  private(set) var isVerified = false

  /// A file of these tensors.
  public init(tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }

    /// Whether its numbers lie within `count` bytes, and are as many as its shape has.
    func isWithin(_ count: Int, of type: NumberType) -> Bool {
      let (elements, overflows) = shape.reduce((1, false)) { product, size in
        let (value, overflow) = product.0.multipliedReportingOverflow(by: size)
        return (value, product.1 || overflow || size < 0)
      }
      guard offsets.count == 2, !overflows, offsets[0] >= 0, offsets[0] <= offsets[1],
        offsets[1] <= count
      else { return false }
      return (offsets[1] - offsets[0]).quotientAndRemainder(dividingBy: type.size) == (elements, 0)
    }
  }

  /// The file's bytes.
  public func encoded() throws -> Data {
    var body = Data()
    var header: [String: HeaderValue] = [:]
    header["__metadata__"] = .metadata(metadata.merging(SafetensorsChecksum.placeholder) { $1 })
    for tensor in tensors {
      let start = body.count
      tensor.elements.withUnsafeBytes { body.append(contentsOf: $0) }
      header[tensor.name] = .entry(
        Entry(dtype: "F32", shape: tensor.shape, offsets: [start, body.count]))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    // Tensors begin at a multiple of 8 bytes.
    json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))
    var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    file.append(json)
    file.append(body)
    SafetensorsChecksum(in: file, header: 8..<8 + json.count)?.write(to: &file)
    return file
  }

  /// Writes the file, whole or not at all; throws a `FileError` where it cannot.
  public func write(to url: URL) throws { try AtomicFile.write(encoded(), to: url) }

  /// Reads a file.
  ///
  /// - Throws: a `RunError` that names the file where it is not a safetensors file, ends early, or
  ///   holds tensors of an unknown type.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw RunError(file: url, "cannot be read: \(error.localizedDescription)")
    }
    do throws(Fault) {
      try self.init(data)
    } catch {
      throw RunError(
        file: url, error.problem, remedy: error.isDamage ? nil : "expected a safetensors file")
    }
  }

  /// What is wrong with a file.
  private struct Fault: Error {
    let problem: String
    var isDamage = false
  }

  private init(_ data: Data) throws(Fault) {
    let (header, start) = try Self.header(of: data)
    let checksum = SafetensorsChecksum(in: data, header: data.startIndex + 8..<start)
    guard checksum?.isRight(for: data) != false else {
      throw Fault(
        problem: "is damaged: its contents do not match its checksum", isDamage: true)
    }
    tensors = []
    metadata = [:]
    isVerified = checksum != nil
    var ranges: [(name: String, range: Range<Int>)] = []
    for (name, value) in header.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .metadata(let entries):
        guard name == "__metadata__" else {
          throw Fault(problem: "\(name) has no type, shape and place")
        }
        metadata = entries
        if checksum != nil { metadata[SafetensorsChecksum.key] = nil }
      case .entry(let entry):
        guard let type = Self.types.first(where: { $0.key == entry.dtype })?.value else {
          throw Fault(
            problem: "\(name) is of type \(entry.dtype), known are "
              + Self.types.map(\.key).joined(separator: ", "))
        }
        guard entry.isWithin(data.endIndex - start, of: type) else {
          throw Fault(problem: "\(name) lies outside of the file, or is not of its shape")
        }
        ranges.append((name, entry.offsets[0]..<entry.offsets[1]))
        var elements = type.floats(data[start + entry.offsets[0]..<start + entry.offsets[1]])
        if entry.dtype == "BF16" {
          // The upper half of a float32.
          elements = elements.map { Float(bitPattern: UInt32($0) << 16) }
        }
        tensors.append(NamedTensor(name: name, shape: entry.shape, elements: elements))
      }
    }
    ranges.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for (one, next) in zip(ranges, ranges.dropFirst())
    where next.range.lowerBound < one.range.upperBound {
      throw Fault(problem: "\(one.name) and \(next.name) lie upon each other")
    }
    let end = ranges.last?.range.upperBound ?? 0
    guard end == data.endIndex - start else {
      throw Fault(problem: "\(data.endIndex - start - end) bytes belong to no tensor")
    }
  }

  /// What the file says of its tensors, and where their numbers start.
  private static func header(
    of data: Data
  ) throws(Fault) -> (header: [String: HeaderValue], start: Int) {
    guard data.count >= 8 else { throw Fault(problem: "is only \(data.count) bytes long") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { sum, byte in
      sum | UInt64(byte.element) << (8 * UInt64(byte.offset))
    }
    guard length <= UInt64(data.count - 8) else {
      throw Fault(problem: "its header would have \(length) bytes, the file has \(data.count)")
    }
    let start = data.startIndex + 8 + Int(length)
    guard
      let header = try? JSONDecoder().decode(
        [String: HeaderValue].self, from: data[data.startIndex + 8..<start])
    else { throw Fault(problem: "has no readable header") }
    return (header, start)
  }

  /// The types of numbers, by the format's names, as they lie in memory: brain floats as their bits.
  private static let types: KeyValuePairs<String, NumberType> = [
    "F64": NumberType(.float64), "F32": NumberType(.float32), "F16": NumberType(.float16),
    "BF16": NumberType(.uint16), "I64": NumberType(.int64), "I32": NumberType(.int32),
    "I16": NumberType(.int16), "I8": NumberType(.int8), "U64": NumberType(.uint64),
    "U32": NumberType(.uint32), "U16": NumberType(.uint16), "U8": NumberType(.uint8),
    "BOOL": NumberType(.uint8),
  ]

  private enum HeaderValue: Codable {
    case entry(Entry)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      if let entry = try? Entry(from: decoder) {
        self = .entry(entry)
      } else {
        self = .metadata(try [String: String](from: decoder))
      }
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .entry(let entry): try entry.encode(to: encoder)
      case .metadata(let entries): try entries.encode(to: encoder)
      }
    }
  }
}
