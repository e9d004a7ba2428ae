import Compute
import Foundation
import ImageData

/// Takes the rows of a file or stream through a function into another, a few at a time: memory does
/// not grow with the number of rows.
public struct ArrayStream {
  /// Rows that are worked on at a time.
  public static let rowsAtATime = 4096

  /// How the arrays of data files are to be understood.
  public var reading = ArrayReading()
  /// Told of rows done and rows in all.
  public var progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  /// Whether patches of quite another scale than in training are taken.
  public var takesAnyScale = false
  /// Told of what looks wrong with the rows.
  public var warn: (String) -> Void = { _ in }

  /// The file or "-" that rows are read from.
  let input: String
  private let output: String

  /// - Parameters:
  ///   - input: any file that `ArrayRowReader` reads, or "-" for .npy on standard input.
  ///   - output: a file that ends in .npy, .npz or .mat, or "-" for .npy on standard output.
  public init(from input: String, to output: String) {
    self.input = input
    self.output = output
  }

  /// Rows that went through, and how long that took.
  public struct Result: Sendable {
    /// Rows that were read and written.
    public var rows: Int
    /// Time from opening the input to closing the output.
    public var seconds: Double
  }

  /// - Parameters:
  ///   - columns: numbers in a row of the input.
  ///   - what: what such a row is, for the error where a row has another length.
  ///   - cutting: how images become rows; nil where rows are not patches.
  ///   - name: of the output's array, in files that have names.
  ///   - rowShape: shape of a row of the output.
  ///   - transform: called in order with up to `rowsAtATime` rows.
  ///   - finish: called before the output is complete, and may refuse the whole.
  /// - Throws: where the input is not such an array, ends too early or holds a number that is not
  ///   finite, or the output cannot be written; nothing is left half-written.
  public func run(
    columns: Int, what: String, cutting: ArrayRowReader.Cutting? = nil, name: String,
    rowShape: [Int], _ transform: (Matrix) throws -> Matrix, finish: () throws -> Void = {}
  ) throws -> Result {
    let started = Date()
    let reader = try ArrayRowReader(path: input, reading: reading, cutting: cutting)
    guard reader.columns == columns else {
      throw RunError(
        "\(input): rows of \(reader.columns) numbers (shape \(reader.shapeText))",
        remedy: "expected \(what) of \(columns)")
    }
    let writer = try ArrayRowWriter(
      path: output, name: name, rowShape: rowShape, rows: reader.rows)
    var done = 0
    while let rows = try reader.next(Self.rowsAtATime) {
      try writer.append(transform(rows))
      done += rows.rows
      progress(done, reader.rows)
    }
    try finish()
    try writer.finish()
    return Result(rows: done, seconds: Date().timeIntervalSince(started))
  }
}
