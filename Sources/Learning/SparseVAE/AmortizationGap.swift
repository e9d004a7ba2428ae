import Compute
import Evaluation
import LatentVariableModels

/// What the recognition network's answer lacks against the best codes for the same decoder, prior
/// and noise, and how many steps of a solver make up for it.
///
/// Cremer, Li & Duvenaud 2018, "Inference suboptimality in variational autoencoders", here for the
/// most probable codes.
public struct AmortizationGap: Codable, Hashable, Sendable {
  /// What one step is, for people.
  public var stepName: String
  /// Number of patches.
  public var patches: Int
  /// From the encoder's code, the posterior mean; the first is that itself.
  public var refined: [Point]
  /// From zero.
  public var fromZero: [Point]
  /// The best codes.
  public var optimum: Point

  /// Codes after some steps.
  public struct Point: Codable, Hashable, Sendable {
    /// nil for the optimum.
    public var steps: Int?
    /// ‖x − b − Φᵀz‖²/2σ² − log p(z) up to a constant, nats per patch.
    public var objective: Double
    /// dB
    public var snrDecibels: Double
    /// Mean number of codes of a patch above a tenth of the codes' root mean square.
    public var l0: Double
  }

  /// Numbers of steps that are looked at.
  static let steps = [0, 1, 2, 5, 10, 20, 50, 100]
  /// A few hundred patches tell the means well enough.
  private static let patchCount = 512

  /// - Parameter patches: as the model sees them.
  /// - Returns: nil where the model's prior has no most probable codes.
  init?(_ model: SparseVAE, on patches: Matrix, team: ThreadTeam) {
    guard let mode = try? PosteriorMode(model, team: team), patches.rows > 0 else { return nil }
    let shown = patches.selectingRows(0..<min(Self.patchCount, patches.rows))
    let codes = Inference(model, team: team).encode(shown).mean
    let zero = Matrix(rows: codes.rows, columns: codes.columns)
    func points(from start: Matrix) -> [Point] {
      Self.steps.map { steps in
        Point(model, mode, mode.refined(start, patches: shown, steps: steps), shown, steps: steps)
      }
    }
    stepName = mode.stepName
    self.patches = shown.rows
    refined = points(from: codes)
    fromZero = points(from: zero)
    optimum = Point(model, mode, mode.minimum(from: codes, patches: shown), shown, steps: nil)
  }

  /// The objective of the encoder's codes above the optimum, nats per patch.
  public var gap: Double { (refined.first?.objective ?? .nan) - optimum.objective }
}

extension AmortizationGap.Point {
  fileprivate init(
    _ model: SparseVAE, _ mode: PosteriorMode, _ codes: Matrix, _ patches: Matrix, steps: Int?
  ) {
    var energy = SignalToNoise()
    energy.add(patches: patches, reconstructions: model.reconstructions(of: codes))
    let objectives = mode.objectives(of: codes, patches: patches)
    self.init(
      steps: steps, objective: objectives.reduce(0, +) / Double(max(1, objectives.count)),
      snrDecibels: energy.decibels, l0: Sparsity(of: codes).activeLatents)
  }
}
