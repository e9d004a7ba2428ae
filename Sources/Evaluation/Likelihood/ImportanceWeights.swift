import RealModule

/// Averages of importance weights that are given by their logarithms, in nats.
public enum ImportanceWeights {
  /// log Σ exp(aᵢ), without overflow; −∞ for no terms, NaN where one is.
  public static func logSumExp(_ logarithms: some Collection<Double>) -> Double {
    if logarithms.contains(where: \.isNaN) { return .nan }
    guard let greatest = logarithms.max(), greatest > -.infinity else { return -.infinity }
    if greatest == .infinity { return .infinity }
    return greatest + .log(logarithms.reduce(0) { $0 + .exp($1 - greatest) })
  }

  /// log (1/n)Σ wᵢ.
  ///
  /// With wᵢ = p(x, zᵢ)/q(zᵢ|x), zᵢ ~ q, this is the importance-weighted bound on log p(x) of
  /// Burda, Grosse & Salakhutdinov 2016 (IWAE); n = 1 gives the ELBO's estimate, and in
  /// expectation the bound rises with n.
  public static func logMean(_ logWeights: some Collection<Double>) -> Double {
    precondition(!logWeights.isEmpty, "the mean of no weights")
    return logSumExp(logWeights) - .log(Double(logWeights.count))
  }

  /// (Σw)²/Σw²: how many equal weights would be worth as much, between 1 and n; 0 where all
  /// weights are zero.
  public static func effectiveSampleSize(_ logWeights: some Collection<Double>) -> Double {
    let total = logSumExp(logWeights)
    if !total.isFinite { return 0 }
    return .exp(2 * total - logSumExp(logWeights.map { 2 * $0 }))
  }
}
