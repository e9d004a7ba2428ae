import Compute
import RealModule

/// The quality of reconstructions as a signal-to-noise ratio, 10·log₁₀(Σ‖x‖² / Σ‖x − x̂‖²) in dB.
///
/// Energies are summed over all patches before the ratio is taken.
public struct SignalToNoise: Hashable, Sendable {
  /// Σ‖x‖².
  public private(set) var signalEnergy = 0.0
  /// Σ‖x − x̂‖².
  public private(set) var errorEnergy = 0.0

  /// Sums over no patch yet.
  public init() {}

  /// Adds patches x and their reconstructions x̂, both `[patches, pixels]`.
  public mutating func add(patches: Matrix, reconstructions: Matrix) {
    precondition(
      patches.rows == reconstructions.rows && patches.columns == reconstructions.columns,
      "\(reconstructions.rows) × \(reconstructions.columns) reconstructions of "
        + "\(patches.rows) × \(patches.columns) patches")
    for (pixel, reconstruction) in zip(patches.elements, reconstructions.elements) {
      let error = Double(pixel) - Double(reconstruction)
      signalEnergy += Double(pixel) * Double(pixel)
      errorEnergy += error * error
    }
  }

  /// Adds all that `other` has seen.
  public mutating func merge(_ other: SignalToNoise) {
    signalEnergy += other.signalEnergy
    errorEnergy += other.errorEnergy
  }

  /// The ratio in dB: +∞ for perfect reconstructions, NaN before anything was added.
  public var decibels: Double { 10 * .log(signalEnergy / errorEnergy) / .log(10) }
}
