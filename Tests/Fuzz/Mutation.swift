import Foundation

/// Random changes to files, repeatable from a seed.
struct Mutation {
  private var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(state: seed) }

  /// A number below `bound`.
  mutating func number(below bound: Int) -> Int {
    bound > 0 ? Int.random(in: 0..<bound, using: &generator) : 0
  }

  /// A file with some changes: bits, numbers at which readers stumble, parts that are missing, doubled,
  /// moved, or of another file.
  mutating func changed(_ file: [UInt8], other: [UInt8]) -> [UInt8] {
    var bytes = file
    for _ in 0...number(below: number(below: 8) + 1) { change(&bytes, other: other) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], other: [UInt8]) {
    let range = range(in: bytes)
    switch number(below: 9) {
    case 0 where !bytes.isEmpty: bytes[number(below: bytes.count)] ^= 1 << number(below: 8)
    case 1 where !bytes.isEmpty: bytes[number(below: bytes.count)] = UInt8(number(below: 256))
    case 2: overwrite(&bytes, with: Self.words[number(below: Self.words.count)])
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: bytes[range], at: number(below: bytes.count + 1))
    case 5: bytes.removeLast(bytes.count - range.lowerBound)
    case 6:
      let piece = other[self.range(in: other)]
      bytes.replaceSubrange(range.prefix(piece.count), with: piece)
    case 7: replaceNumber(in: &bytes)
    default:
      bytes.insert(
        contentsOf: (0...number(below: 8)).map { _ in UInt8(number(below: 256)) },
        at: number(below: bytes.count + 1))
    }
  }

  /// Often short, sometimes long.
  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = number(below: bytes.count)
    let longest = min(bytes.count - start, number(below: 4) == 0 ? bytes.count : 16)
    return start..<start + number(below: longest + 1)
  }

  private mutating func overwrite(_ bytes: inout [UInt8], with word: [UInt8]) {
    guard bytes.count >= word.count else { return }
    let place = number(below: bytes.count - word.count + 1)
    bytes.replaceSubrange(place..<place + word.count, with: word)
  }

  /// Another number where one is written in digits.
  private mutating func replaceNumber(in bytes: inout [UInt8]) {
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    let start = number(below: bytes.count)
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    let text = Self.numbers[number(below: Self.numbers.count)]
    bytes.replaceSubrange(first..<end, with: Array(text.utf8))
  }

  private static let numbers = [
    "0", "-1", "1", "255", "65536", "2147483648", "4294967296", "1099511627776",
    "9223372036854775807", "18446744073709551616", "1e999", "nan", "0.5", "",
  ]

  /// Edges of integers in 1 to 8 bytes, either end first, and of floating point.
  private static let words: [[UInt8]] = {
    let values: [UInt64] = [
      0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
      1 << 40, 0x7FFF_FFFF_FFFF_FFFF, 1 << 63, .max, 0x7FC0_0000, 0x7F80_0000,
    ]
    return values.flatMap { value in
      [1, 2, 4, 8].flatMap { size in
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        return [bytes, bytes.reversed()]
      }
    }
  }()
}

/// Steele, Lea & Flood 2014.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
