import Foundation

/// A TensorBoard event file: records that are appended, each framed by its length and checksums.
///
/// Field numbers are those of `event.proto` and `summary.proto`.
final class EventFile {
  let url: URL
  private let handle: FileHandle
  private let wallTime: () -> Double

  /// A value that TensorBoard shows, by its tag.
  enum Value {
    case scalar(Float)
    case png([UInt8], height: Int, width: Int)
    case histogram(EventHistogram)
  }

  /// Begins a file that TensorBoard reads after all others in `folder`, which is made.
  ///
  /// - Parameter firstStep: where files of an earlier session are there: whatever they say of this
  ///   step and later ones is void.
  /// - Throws: a `RunError` where it cannot be written.
  init(
    in folder: URL, firstStep: Int,
    wallTime: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    self.wallTime = wallTime
    let files = FileManager.default
    do {
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      let earlier = try files.contentsOfDirectory(atPath: folder.path).compactMap(Self.second)
      // Files are read in the order of their names.
      let second = max(Int(wallTime()), (earlier.max() ?? 0) + 1)
      url = folder.appending(path: "\(Self.prefix)\(second).svae")
      try Data().write(to: url, options: .withoutOverwriting)
      handle = try FileHandle(forWritingTo: url)
      try append { $0.text(3, "brain.Event:2") }
      if !earlier.isEmpty {
        try append { event in
          event.integer(2, firstStep)
          // A session begins.
          event.message(7) { $0.integer(1, 1) }
        }
      }
    } catch let error as RunError {
      throw error
    } catch {
      throw RunError(
        file: folder, "cannot be written: \(error.localizedDescription)",
        remedy: "train without --tensorboard, or free some space")
    }
  }

  deinit { try? handle.close() }

  private static let prefix = "events.out.tfevents."

  /// When the file of that name was begun.
  private static func second(_ name: String) -> Int? {
    guard name.hasPrefix(prefix) else { return nil }
    return Int(name.dropFirst(prefix.count).prefix { $0.isNumber })
  }

  /// Appends values of one step.
  ///
  /// - Throws: a `RunError` where they cannot be written.
  func append(_ values: [(tag: String, value: Value)], step: Int) throws {
    try append { event in
      event.integer(2, step)
      event.message(5) { summary in
        for (tag, value) in values {
          summary.message(1) { Self.write(value, tag: tag, to: &$0) }
        }
      }
    }
  }

  private static func write(_ value: Value, tag: String, to message: inout ProtobufWriter) {
    message.text(1, tag)
    switch value {
    case .scalar(let number): message.float(2, number)
    case .png(let bytes, let height, let width):
      message.message(4) { image in
        image.integer(1, height)
        image.integer(2, width)
        image.integer(3, 4)
        image.data(4, bytes)
      }
    case .histogram(let histogram): message.message(5) { histogram.write(to: &$0) }
    }
  }

  private func append(_ body: (inout ProtobufWriter) -> Void) throws {
    var event = ProtobufWriter()
    event.double(1, wallTime())
    body(&event)
    do {
      try handle.seekToEnd()
      try handle.write(contentsOf: Self.record(event.bytes))
    } catch {
      throw RunError(
        file: url, "cannot be written: \(error.localizedDescription)",
        remedy: "train without --tensorboard, or free some space")
    }
  }

  /// Length, its checksum, the bytes, their checksum.
  static func record(_ bytes: [UInt8]) -> Data {
    func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    let length = littleEndian(UInt64(bytes.count))
    return Data(
      length + littleEndian(CRC32C(length).masked) + bytes
        + littleEndian(CRC32C(bytes).masked))
  }
}

/// How often values fall into each of equally wide ranges.
struct EventHistogram: Hashable {
  private(set) var least, greatest: Double
  private(set) var sum = 0.0
  private(set) var sumOfSquares = 0.0
  private(set) var counts: [Double]

  /// Of the finite ones among `values`; nil where there are none.
  init?(of values: [Double], ranges: Int = 30) {
    let finite = values.filter(\.isFinite)
    guard var least = finite.min(), var greatest = finite.max() else { return nil }
    if greatest - least <= 1e-6 * max(abs(least), abs(greatest)) {
      // All alike, such as norms that are held at 1: one range in the middle.
      let margin = 0.5 * max(abs(least), 1e-3)
      (least, greatest) = (least - margin, greatest + margin)
    }
    counts = [Double](repeating: 0, count: ranges)
    for value in finite {
      let place = Int((value - least) / (greatest - least) * Double(ranges))
      counts[min(max(place, 0), ranges - 1)] += 1
      sum += value
      sumOfSquares += value * value
    }
    (self.least, self.greatest) = (least, greatest)
  }

  /// The upper ends of the ranges.
  var limits: [Double] {
    (1...counts.count).map {
      least + (greatest - least) * Double($0) / Double(counts.count)
    }
  }

  fileprivate func write(to message: inout ProtobufWriter) {
    message.double(1, least)
    message.double(2, greatest)
    message.double(3, counts.reduce(0, +))
    message.double(4, sum)
    message.double(5, sumOfSquares)
    message.doubles(6, limits)
    message.doubles(7, counts)
  }
}
