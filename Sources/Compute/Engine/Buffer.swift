/// Activations of a batch, `[units, patches]`, by number: where they lie is the engine's affair.
///
/// A buffer is a plain value, the same for every engine and for every run of equal shape. The parts
/// of a model ask a `BufferPlan` for theirs once; a step over them can then be walked on any engine.
public struct Buffer: Hashable, Sendable {
  /// The number of the array that these units belong to.
  package let array: Int
  /// Units of the whole array.
  package let width: Int
  /// The first of these units within the array.
  package let first: Int
  /// Number of units.
  public let units: Int
  /// The array's first unit, counted over all arrays.
  fileprivate let start: Int

  /// A part of these units: the heads' μ, say.
  public subscript(range: Range<Int>) -> Buffer {
    precondition(range.upperBound <= units, "units \(range) of \(units)")
    return Buffer(
      array: array, width: width, first: first + range.lowerBound, units: range.count,
      start: start)
  }

  /// The units' places among all units of a plan.
  package var places: Range<Int> { start + first..<start + first + units }
}

/// Numbers the buffers that a step needs, so that an engine can make them all at once.
package struct BufferPlan: Sendable {
  /// Units of each array, by its number.
  package private(set) var widths: [Int] = []
  private var total = 0

  package init() {}

  /// A new buffer of `units` units, a number for each patch in each.
  package mutating func buffer(_ units: Int) -> Buffer {
    defer {
      widths.append(units)
      total += units
    }
    return Buffer(array: widths.count, width: units, first: 0, units: units, start: total)
  }
}
