import Compute
import Foundation
import ImageData

/// Takes the rows of a .npy file or stream through a function into another, a few at a time:
/// memory does not grow with the file.
public struct ArrayStream {
  /// Rows that are worked on at a time.
  public static let rowsAtATime = 4096

  private let input: String
  private let output: String

  /// - Parameters:
  ///   - input: a .npy file, or "-" for standard input.
  ///   - output: a .npy file, or "-" for standard output.
  public init(from input: String, to output: String) {
    self.input = input
    self.output = output
  }

  /// Rows that went through, and how long that took.
  public struct Result: Sendable {
    public var rows: Int
    public var seconds: Double
  }

  /// - Parameters:
  ///   - columns: numbers in a row of the input.
  ///   - what: what such a row is, for the error where a row has another length.
  ///   - rowShape: shape of a row of the output.
  ///   - transform: called in order with up to `rowsAtATime` rows and the index of the first.
  /// - Throws: where the input is no such array, ends too early or holds a number that is not
  ///   finite, or the output cannot be written; nothing is left half-written.
  public func run(
    columns: Int, what: String, rowShape: [Int], _ transform: (Matrix, Int) throws -> Matrix
  ) throws -> Result {
    let started = Date()
    var reader = try NPYRowReader(path: input)
    guard reader.columns == columns else {
      throw RunError(
        "\(input): rows of \(reader.columns) numbers (shape \(reader.shape))",
        remedy: "expected \(what) of \(columns)")
    }
    var writer = try NPYRowWriter(path: output, rowShape: rowShape, rows: reader.rows)
    var done = 0
    while let rows = try reader.next(Self.rowsAtATime) {
      try writer.append(transform(rows, done))
      done += rows.rows
    }
    try writer.finish()
    return Result(rows: done, seconds: Date().timeIntervalSince(started))
  }
}
