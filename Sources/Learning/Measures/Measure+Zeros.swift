extension Measure {
  /// Of codes that can be exactly zero.
  static let zeros: [Measure] = [
    Measure(
      "zeroShare", "zeros", decimals: 4,
      "share of exact zeros in codes; of posteriors with exact zeros or counts in the most probable ones",
      Source { evaluation in
        let share =
          evaluation.posterior?.atoms?.zeroShare
          ?? evaluation.coding.map { 1 - $0.meanActive / Double(evaluation.filters.rows) }
        return share.map { .some($0) }
      }),
    Measure(
      "modeSnrDecibels", "SNR of zeros and counts", unit: "dB", better: .more, decimals: 2,
      "of reconstructions from the most probable codes, of posteriors with exact zeros or counts",
      .atoms { $0.signalToNoise.decibels }),
    Measure(
      "activeShare", "γ₀", decimals: 4, in: .evaluation,
      "the prior’s share of latents that are not zero",
      .atoms { $0.activeShare }),
  ]
}

extension Measure.Source {
  /// Of posteriors with exact zeros or counts.
  static func atoms(
    _ value: @escaping @Sendable (PosteriorMeasures.Atoms) -> Double?
  ) -> Self {
    Self { evaluation in (evaluation.posterior?.atoms).map(value) }
  }
}
