import Learning

/// Which layers of a state dict are which of a sparse coding VAE.
struct StateDictLayout: Hashable {
  /// Layers that both heads share, in the order of computation.
  var trunk: [String]
  /// The layers of μ after the trunk; the last is linear.
  var mean: [String]
  /// The layers of ℓ after the trunk, likewise.
  var logScale: [String]
  var decoder: String

  /// The names that a layer can be given by: `trunk.0`, `mean.2`, `log-scale.0`, `decoder`.
  ///
  /// - Returns: nil where `role` is none of these.
  static func role(_ role: String) -> (part: String, index: Int)? {
    if role == "decoder" { return (role, 0) }
    let words = role.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2, ["trunk", "mean", "log-scale"].contains(words[0]),
      let index = Int(words[1]), (0..<100).contains(index)
    else { return nil }
    return (words[0], index)
  }

  /// - Parameter named: layers by their roles; these go before what the names tell.
  /// - Throws: a `RunError` that lists what was expected and what there is.
  init(of dict: StateDict, named: [String: String]) throws {
    let layers = dict.layers
    let known =
      try Self.own(layers) ?? Self.published(dict, isRequired: named.isEmpty)
      ?? StateDictLayout(trunk: [], mean: [], logScale: [], decoder: "")
    func stack(_ part: String, _ known: [String]) throws -> [String] {
      let own = named.compactMap { role, name in
        Self.role(role).flatMap { $0.part == part ? (index: $0.index, name: name) : nil }
      }.sorted { $0.index < $1.index }
      guard own.map(\.index) == Array(0..<own.count) else {
        throw RunError(
          "--layer gives \(own.map { "\(part).\($0.index)" }.joined(separator: ", "))",
          remedy: "expected each layer once, from \(part).0 on")
      }
      return own.isEmpty ? known : own.map(\.name)
    }
    trunk = try stack("trunk", known.trunk)
    mean = try stack("mean", known.mean)
    logScale = try stack("log-scale", known.logScale)
    decoder = named["decoder"] ?? known.decoder
    for (part, count) in [("mean", mean.count), ("log-scale", logScale.count)] where count == 0 {
      throw dict.error("no layer is known as \(part).0", remedy: "name it with --layer \(part).0=…")
    }
    guard mean.count == logScale.count else {
      throw dict.error(
        "\(mean.count) layers lead to the mean, \(logScale.count) to the log scale",
        remedy: "expected as many of each")
    }
    guard !decoder.isEmpty else {
      throw dict.error("no layer is known as the decoder", remedy: "name it with --layer decoder=…")
    }
  }

  private init(trunk: [String], mean: [String], logScale: [String], decoder: String) {
    (self.trunk, self.mean, self.logScale, self.decoder) = (trunk, mean, logScale, decoder)
  }

  /// The names that `svae export` writes; nil where there are none of them.
  private static func own(_ layers: Set<String>) -> StateDictLayout? {
    func numbered(_ name: String) -> [String] {
      Array((0...).lazy.map { "encoder.\(name).\($0)" }.prefix { layers.contains($0) })
    }
    let trunk = numbered("trunk")
    if layers.contains("encoder.mean") {
      return StateDictLayout(
        trunk: trunk, mean: ["encoder.mean"], logScale: ["encoder.log_scale"], decoder: "decoder")
    }
    let mean = numbered("mean")
    if mean.isEmpty { return nil }
    return StateDictLayout(
      trunk: trunk, mean: mean, logScale: numbered("log_scale"), decoder: "decoder")
  }

  /// The names of the published SVAE (Geadah et al. 2024): `fc1` and so on for the trunk, then
  /// `fc21`, `fc31`, … for μ and `fc22`, `fc32`, … for ℓ, and `Phi`.
  private static func published(_ dict: StateDict, isRequired: Bool) throws -> StateDictLayout? {
    let layers = dict.layers
    let numbers = layers.compactMap { name -> Int? in
      guard name.hasPrefix("fc") else { return nil }
      return Int(name.dropFirst(2))
    }
    let levels = numbers.filter { $0 >= 10 && $0 < 100 && (1...2).contains($0 % 10) }
      .map { $0 / 10 }
    guard let first = levels.min(), let last = levels.max() else {
      if !isRequired { return nil }
      throw dict.error(
        "has no layers by the names of the published SVAE",
        remedy: "expected fc1, fc21, fc22, fc31, fc32, fc41, fc42, Phi, each with weight and bias; "
          + "name others with --layer, such as --layer trunk.0=encoder.0 --layer mean.0=mu "
          + "--layer log-scale.0=logvar --layer decoder=out")
    }
    let layout = StateDictLayout(
      trunk: (1..<first).map { "fc\($0)" }, mean: (first...last).map { "fc\($0)1" },
      logScale: (first...last).map { "fc\($0)2" }, decoder: "Phi")
    let expected = layout.trunk + layout.mean + layout.logScale + [layout.decoder]
    let missing = expected.filter { !layers.contains($0) }
    guard missing.isEmpty || !isRequired else {
      throw dict.error(
        "has no " + missing.joined(separator: ", "),
        remedy: "expected the layers \(expected.joined(separator: ", ")), or names with --layer")
    }
    if let later = numbers.filter({ $0 >= first && $0 < 10 }).min() {
      throw dict.error(
        "has a layer fc\(later) after its branches fc\(first)1, fc\(first)2",
        remedy: "expected a decoder of one linear layer, Phi")
    }
    return layout
  }
}
