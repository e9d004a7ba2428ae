extension Sequence<String> {
  /// The key that a mistyped one was probably meant to be; nil where none is near.
  public func nearest(to word: String) -> String? {
    let last = word.split(separator: ".").last
    // The section left out, or another one.
    if let key = first(where: { $0.split(separator: ".").last == last }) { return key }
    let distances = map { (key: $0, distance: editDistance($0, word)) }
    let nearest = distances.min { $0.distance < $1.distance }
    return nearest.flatMap { $0.distance <= Swift.max(2, word.count / 5) ? $0.key : nil }
  }
}

/// How many letters must be put in, left out or exchanged to make `a` of `b` (Levenshtein).
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let change = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = Swift.min(change, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
