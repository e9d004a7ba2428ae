import Evaluation

extension Measure {
  /// The measures that come with the package, in the order in which tables show them.
  ///
  /// A new measure is one more element. Names and their order are a contract.
  static let common: [Measure] = size + filters + latents + likelihood + codes + scales + runs

  private static let limits = ActivityThresholds()

  /// How many there are.
  static let size: [Measure] = [
    Measure(
      "latents", "latents", isCount: true, in: .evaluation, "the model’s filters, K",
      Source { $0.coding == nil ? Double($0.filters.rows) : .none }),
    Measure(
      "atoms", "atoms", isCount: true, in: .evaluation, "the dictionary’s filters, K",
      .coding { evaluation, _ in Double(evaluation.filters.rows) }),
    Measure(
      "patches", "patches", isCount: true, in: .evaluation, "patches that were measured",
      .any { Double($0.patches) }),
  ]

  /// What filters look like.
  private static let filters: [Measure] = [
    Measure(
      "activeFilters", "active filters", better: .more, isCount: true, in: .everywhere,
      "informative (of a dictionary, used by a test patch), not noise-like, and not a spike",
      .any { $0.active.active.trues }),
    Measure(
      "gaborLike", "Gabor-like", better: .more, isCount: true, in: .everywhere,
      threshold: { $0.gaborLike },
      "R² of the best Gabor function > \(limits.gaborLike); \(GaborFitter.ofNoise)",
      .any { $0.active.gaborLike?.trues }),
    Measure(
      "gaborLikeStrict", "Gabor-like, R² ≥ \(limits.gaborLikeStrict)", better: .more,
      isCount: true, in: .everywhere, threshold: { $0.gaborLikeStrict },
      "R² of the best Gabor function ≥ \(limits.gaborLikeStrict)",
      .any { $0.active.gaborLikeStrict?.trues }),
    Measure(
      "gaborWithoutCarrier", "Gabor-like, no wave", isCount: true, in: .evaluation,
      "less than half a cycle within the envelope: blobs and edges, left out of frequencies and "
        + "orientations", .any { $0.active.gaborWithoutCarrier?.trues }),
    Measure(
      "gaborMedianRSquared", "median R²", better: .more, decimals: 2,
      "of the filters’ best Gabor functions",
      .any { $0.active.gaborFits.map { median(of: $0.map(\.rSquared)) } }),
    Measure(
      "spikes", "spikes", better: .less, isCount: true, in: .everywhere,
      threshold: { $0.spikes },
      "participation ratio (Σw²)²/Σw⁴ < \(limits.spikes) pixels: a single pixel",
      .any { $0.active.spikes.trues }),
    Measure(
      "duplicates", "duplicates", better: .less, isCount: true, in: .everywhere,
      threshold: { $0.duplicates }, "|cosine| with an earlier filter > \(limits.duplicates)",
      .any { $0.active.duplicates.trues }),
    Measure(
      "noiseLike", "noise-like", better: .less, isCount: true,
      threshold: { $0.noiseFalsePositiveRate },
      "no more structure than noise; no more compact in places and frequencies, and no nearer to a "
        + "patch of the data, than white noise, scattered pixels, noise with the data’s covariance, "
        + "or random mixtures of the filters, of which a share of "
        + "\(limits.noiseFalsePositiveRate) passes for structure",
      .any { $0.active.noiseLike.trues }),
    Measure(
      "dead", "dead", better: .less, isCount: true, in: .evaluation, "used by no patch",
      .coding { evaluation, _ in evaluation.active.used.map { !$0 }.trues }),
  ]

  /// Which latents a posterior uses.
  private static let latents: [Measure] = [
    Measure(
      "informative", "informative", better: .more, isCount: true, in: .everywhere,
      threshold: { $0.informative }, "½·log(1 + Var μ / E τ²) > \(limits.informative) nats",
      .posterior { $0.activity.informative.trues }),
    Measure(
      "strong", "strong", better: .more, isCount: true, threshold: { $0.strong },
      "Var μ / E τ² > \(limits.strong)", .posterior { $0.activity.strong.trues }),
    Measure(
      "activeUnits", "active units", isCount: true, threshold: { $0.activeUnits },
      "Var μ > \(limits.activeUnits) (Burda et al. 2016)",
      .posterior { $0.activity.activeUnits.trues }),
    Measure(
      "activeUnitsScaleFree", "active units, scale-free", isCount: true,
      threshold: { $0.activeUnitsScaleFree },
      "Var μ / Var prior > \(limits.activeUnitsScaleFree)",
      .posterior { $0.activity.activeUnitsScaleFree?.trues }),
    Measure(
      "klActive", "KL > \(limits.klActive) nat", isCount: true, in: .everywhere,
      threshold: { $0.klActive }, "KL of a latent, mean over patches, > \(limits.klActive) nats",
      .posterior { $0.activity.klActive.trues }),
    Measure(
      "klActiveFloor", "KL floor", unit: "nats", decimals: 4, in: .evaluation,
      "the most that a latent which says nothing would pay with the same posterior width",
      .posterior { $0.activity.divergenceFloor }),
  ]

  /// The ELBO and its parts.
  private static let likelihood: [Measure] = [
    Measure(
      "elbo", "ELBO", unit: "nats", better: .more, decimals: 2,
      "evidence lower bound of log p(x), mean over patches", .posterior { -$0.negativeELBO }),
    Measure(
      "negativeElbo", "−ELBO", unit: "nats", better: .less, in: [.tables, .main],
      "the same with the other sign",
      .posterior { $0.negativeELBO }.compared { $0.record.summary["elbo"].map { -$0 } }),
    Measure(
      "negativeLogEvidence", "−log p", unit: "nats", better: .less, in: [.tables, .main],
      "−log p(x) by annealed importance sampling, mean over the first test patches; with --likelihood",
      .run { $0.record.likelihood?.negativeLogEvidence }),
    Measure(
      "negativeLogLikelihood", "NLL", unit: "nats", better: .less, in: .everywhere,
      "E_q[−log p(x | z)], mean over patches", .posterior { $0.negativeLogLikelihood }),
    Measure(
      "likelihoodSamples", "NLL samples", decimals: 0, in: .evaluation,
      "samples of z a patch, by which NLL was estimated: 0 where it is exact",
      .posterior { $0.likelihood == .exact ? 0 : 1 }),
    Measure(
      "gaussianNll", "Gaussian NLL", unit: "nats", better: .less, in: .both,
      "−log p(x) of a Gaussian with the whole covariance and the model’s noise; the floor that −ELBO "
        + "has to beat",
      .posterior { $0.gaussian }),
    Measure(
      "kl", "KL", unit: "nats", in: .everywhere, "KL(q ‖ p) of all latents, mean over patches",
      .posterior { $0.divergence }),
    Measure(
      "objective", "lasso objective", better: .less, decimals: 3, in: .evaluation,
      "½‖x − Φᵀz‖² + λ‖z‖₁, mean over patches", .coding { $1.objective }),
  ]

  /// How well codes explain patches, and how sparse they are.
  private static let codes: [Measure] =
    [
      Measure(
        "snrDecibels", "SNR", unit: "dB", better: .more, decimals: 2, in: .everywhere,
        "energy of the patches over that of the reconstructions’ errors",
        .any { $0.signalToNoise.decibels }),
      Measure(
        "l0", "L0", unit: "latents",
        "latents above a tenth of the codes’ root mean square, mean over patches; of posteriors with "
          + "exact zeros those that are not zero in the most probable code",
        .any { $0.coding?.meanActive ?? $0.sparsity.activeLatents }
          .compared { $0.record.summary["significantCodes"] ?? $0.record.summary["l0"] }),
      Measure(
        "significantCodes", "significant codes", decimals: 2, in: .evaluation,
        "codes above a tenth of their root mean square, mean over patches; L0 here counts all "
          + "that are not zero",
        .coding { evaluation, _ in evaluation.sparsity.activeLatents }),
      Measure(
        "converged", "converged", better: .more, decimals: 4, in: .evaluation,
        "share of the patches that the solver brought to its criterion",
        .coding { $1.converged }),
      Measure(
        "largestGap", "largest gap", better: .less, decimals: 7, in: .evaluation,
        "the solver’s largest criterion: for the lasso’s the relative duality gap",
        .coding { $1.largestGap }),
    ]
    + zeros
    + EqualSparsity.counts.map { count in
      Measure(
        "snrDecibelsAt\(count)", "SNR of \(count) codes", unit: "dB", better: .more, decimals: 2,
        in: .tables,
        "of reconstructions from the \(count) codes that contribute most to each patch, refitted "
          + "by least squares",
        .run { $0.record.equalSparsity?.first { $0.count == count }?.snrDecibels })
    } + [
      Measure(
        "amortizationGap", "gap to the best code", unit: "nats", better: .less, decimals: 2,
        in: .tables, "how far −log p(x, z) of the posterior mean is above its minimum over z",
        .run { $0.record.amortization?.gap }),
      Measure(
        "kurtosis", "excess kurtosis",
        "of a latent’s codes over patches, mean over latents; 3 for a Laplace distribution",
        .any { $0.sparsity.excessKurtosis }),
      Measure(
        "normalizedKurtosis", "the same over contrast", in: .evaluation,
        "of codes over their patch’s contrast, as divisive normalisation has it",
        .posterior { $0.contrast?.normalizedKurtosis }),
      Measure(
        "hoyer", "Hoyer sparsity", decimals: 3,
        "(√K − ‖z‖₁/‖z‖₂)/(√K − 1): 0 where all |z| are equal, 1 where one latent alone is used",
        .any { $0.sparsity.hoyer }),
    ]

  /// Of filters, noise and prior.
  private static let scales: [Measure] = [
    Measure(
      "normLeast", "least norm", decimals: 3, in: .tables, "smallest ‖φ‖",
      .norm { $0.min() }),
    Measure(
      "normMean", "mean norm", decimals: 3, in: [.tables, .main], "mean ‖φ‖",
      .norm { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }),
    Measure(
      "normGreatest", "greatest norm", decimals: 3, in: .tables, "largest ‖φ‖",
      .norm { $0.max() }),
    Measure(
      "noiseScale", "σ", decimals: 3, "standard deviation of the likelihood’s noise",
      .posterior { $0.noiseScale }),
    Measure(
      "noiseDirections", "noise directions", decimals: 0, in: .evaluation,
      "principal directions of the training patches in each of which noise has a variance; the rest "
        + "have none, and count for nothing",
      .posterior { $0.noiseDirections.map(Double.init) }),
    Measure("priorScale", "s", decimals: 3, "the prior’s scale", .posterior { $0.priorScale }),
    Measure(
      "contrast", "ω", decimals: 3, in: .evaluation,
      "standard deviation of the logarithm of a patch’s contrast",
      .posterior { $0.contrast?.spread }),
    Measure(
      "lambda", "λ", decimals: 2, "σ²/s, the weight of |z| against squared error",
      Source { evaluation in
        (evaluation.posterior?.lambda ?? evaluation.coding?.lambda).map { $0 }
      }),
    Measure(
      "temperature", "temperature", decimals: 3, "energy of idle latents’ noise over the data’s",
      .posterior { $0.temperature }),
  ]

  /// Of a run among others.
  private static let runs: [Measure] = [
    Measure(
      "stability", "stability", better: .more, decimals: 3, in: [.tables, .main],
      "mean |cosine| between the filters of different seeds, matched one to one; compare it only "
        + "between equal numbers of latents, and with the stability of noise",
      .run { $0.stability }),
    Measure(
      "stabilityChance", "stability of noise", decimals: 3, in: [.tables, .main],
      "the same of white noise in place of filters: what matching alone gives",
      .run { $0.chanceStability }),
    Measure(
      "seconds", "seconds", better: .less, decimals: 0, in: [.tables, .main],
      "of training on one core, with the evaluation of each epoch", .run { $0.record.seconds }),
  ]
}

extension Measure.Source {
  /// Of the filters' norms.
  fileprivate static func norm(_ value: @escaping @Sendable ([Double]) -> Double?) -> Self {
    any { value($0.filters.rowNorms) }.compared { value($0.norms) }
  }
}

/// The middle of the values; NaN of none.
func median(of values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  if sorted.isEmpty { return .nan }
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
