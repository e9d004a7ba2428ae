/// What a team's threads have read and written since they last met.
///
/// An operation has to wait for the others only where it reads what they may still be writing, or
/// writes what they may still be reading or writing. All threads walk the same operations, so all of
/// them find the same places to wait at.
struct Hazards {
  /// A part of the memory, as numbers from a range of their own for each kind.
  typealias Place = Range<Int>

  private var reads: [Place] = []
  private var writes: [Place] = []

  init() {
    reads.reserveCapacity(64)
    writes.reserveCapacity(64)
  }

  /// Nothing.
  static let none = 0..<0

  static func activations(_ buffer: Buffer) -> Place { buffer.places }
  static func parameters(_ places: Range<Int>) -> Place { moved(places, by: 1) }
  static func gradient(_ places: Range<Int>) -> Place { moved(places, by: 2) }
  static func packed(_ copy: Int) -> Place { moved(copy..<copy + 1, by: 3) }
  static let divergenceSums = moved(0..<1, by: 4)
  /// Those and the latents' covariances.
  static let structuredSums = moved(0..<2, by: 4)
  static let covariances = moved(1..<2, by: 4)
  static let coupling = moved(2..<3, by: 4)
  static let errorSums = moved(3..<4, by: 4)
  static let power = moved(4..<5, by: 4)
  static let pieces = moved(5..<6, by: 4)
  static let noiseMatrix = moved(6..<7, by: 4)
  static let filterRows = moved(7..<8, by: 4)
  static let filterProducts = moved(8..<9, by: 4)
  static let noiseSlopes = moved(9..<10, by: 4)
  static let scaleSlopes = moved(10..<11, by: 4)

  private static func moved(_ places: Range<Int>, by kind: Int) -> Place {
    kind << 48 + places.lowerBound..<kind << 48 + places.upperBound
  }

  /// Notes what an operation reads and writes.
  ///
  /// - Returns: whether the threads must meet before it.
  mutating func mustMeet(
    reading a: Place = none, _ b: Place = none, _ c: Place = none, _ d: Place = none,
    writing e: Place = none, _ f: Place = none, _ g: Place = none
  ) -> Bool {
    let clash =
      meets(a, writes) || meets(b, writes) || meets(c, writes) || meets(d, writes)
      || meets(e, writes) || meets(f, writes) || meets(g, writes)
      || meets(e, reads) || meets(f, reads) || meets(g, reads)
    if clash { forget() }
    if !a.isEmpty { reads.append(a) }
    if !b.isEmpty { reads.append(b) }
    if !c.isEmpty { reads.append(c) }
    if !d.isEmpty { reads.append(d) }
    if !e.isEmpty { writes.append(e) }
    if !f.isEmpty { writes.append(f) }
    if !g.isEmpty { writes.append(g) }
    return clash
  }

  /// The threads have met: what was done is done.
  mutating func forget() {
    reads.removeAll(keepingCapacity: true)
    writes.removeAll(keepingCapacity: true)
  }

  private func meets(_ place: Place, _ places: [Place]) -> Bool {
    if place.isEmpty { return false }
    for other in places where other.overlaps(place) { return true }
    return false
  }
}
