import Compute
import Evaluation
import Foundation
import Testing

@Suite struct GaborFitTests {
  private let team = ThreadTeam(count: 2)

  /// Gabor functions as they are found in whitened natural images, with enough of a cycle under the
  /// envelope (f·σᵤ ≥ 0.2) for frequency and width to be told apart.
  private static func random(_ index: Int, side: Double) -> GaborFunction {
    var stream = RandomStream(seed: 21, purpose: .evaluation, step: index)
    let width = stream.uniform(1, side / 6)
    return GaborFunction(
      centreX: stream.uniform(0.3, 0.7) * side, centreY: stream.uniform(0.3, 0.7) * side,
      width: width, length: width * stream.uniform(1, 2), orientation: stream.uniform(0, .pi),
      frequency: stream.uniform(0.2 / width, 0.35), phase: stream.uniform(-.pi, .pi),
      amplitude: stream.uniform(0.1, 10), offset: stream.uniform(-0.1, 0.1))
  }

  @Test(arguments: [12, 16, 28])
  func `parameters of Gabor functions are recovered under noise`(side: Int) {
    let fitter = GaborFitter(height: side, width: side)
    for index in 0..<100 {
      let truth = Self.random(index, side: Double(side))
      var noise = RandomStream(seed: 22, purpose: .evaluation, step: index)
      let clean = truth.values(height: side, width: side)
      let mean = clean.reduce(0, +) / Double(clean.count)
      let energy = clean.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      // Noise of a hundredth of the energy: the most that R² can be is 0.99.
      let deviation = (energy / Double(clean.count) / 100).squareRoot()
      let fit = fitter.fit(clean.map { $0 + deviation * noise.normal() })
      let found = fit.function
      let message = Comment("\(index): \(truth) \(fit)")
      #expect(fit.status == .converged, message)
      #expect(fit.rSquared > 0.985, message)
      #expect(abs(found.centreX - truth.centreX) < 0.5, message)
      #expect(abs(found.centreY - truth.centreY) < 0.5, message)
      #expect(abs(found.frequency - truth.frequency) < 0.05, message)
      let turn = abs(found.orientation - truth.orientation)
      #expect(min(turn, .pi - turn) < 0.12, message)
      #expect(abs(found.width / truth.width - 1) < 0.25, message)
      #expect(abs(found.length / truth.length - 1) < 0.25, message)
    }
  }

  @Test func `without noise the fit is exact and angles are in their ranges`() {
    let fitter = GaborFitter(height: 12, width: 14)
    for index in 0..<100 {
      let truth = Self.random(index, side: 12)
      let fit = fitter.fit(truth.values(height: 12, width: 14))
      #expect(fit.rSquared > 0.999, "\(index): \(truth) \(fit)")
      #expect(fit.function.orientation >= 0 && fit.function.orientation < .pi)
      #expect(fit.function.phase > -.pi && fit.function.phase <= .pi)
      #expect(fit.function.amplitude >= 0)
      // The function returned is the one that was scored.
      let values = fit.function.values(height: 12, width: 14)
      let target = truth.values(height: 12, width: 14)
      let mean = target.reduce(0, +) / 168
      let error = zip(values, target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let total = target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect(abs(1 - error / total - fit.rSquared) < 1e-9)
    }
  }

  @Test func `white noise is not Gabor-like`() {
    let fits = GaborFitter(height: 12, width: 12)
      .fits(of: NoiseFilters.white(filters: 800, pixels: 144, seed: 31), team: team)
    let rSquared = fits.map(\.rSquared).sorted()
    #expect(rSquared.count { $0 > 0.5 } == 0)
    #expect(rSquared[400] > 0.1 && rSquared[400] < 0.2, "median \(rSquared[400])")
  }

  @Test func `noise with a whitened spectrum is seldom Gabor-like, and never strictly`() {
    let filters = NoiseFilters.resembling(bandPassPatches, filters: 800, seed: 32, team: team)
    let fits = GaborFitter(height: 12, width: 12).fits(of: filters, team: team)
    let rSquared = fits.map(\.rSquared).sorted()
    #expect(rSquared.count { $0 > 0.5 } <= 4)
    #expect(rSquared.count { $0 >= 0.8 } == 0)
    #expect(rSquared[400] > 0.2 && rSquared[400] < 0.35, "median \(rSquared[400])")
  }

  private struct Reference: Decodable {
    var side: Int
    var filters: [[Float]]
    var rSquared: [Double]
  }

  private func reference() throws -> Reference {
    let file = try #require(
      Bundle.module.url(forResource: "gabor", withExtension: "json", subdirectory: "Reference"))
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }

  @Test func `fits of learned filters are as good as SciPy's`() throws {
    let reference = try reference()
    let filters = Matrix(
      rows: reference.filters.count, columns: reference.side * reference.side,
      elements: reference.filters.flatMap { $0 })
    let fits = GaborFitter(height: reference.side, width: reference.side)
      .fits(of: filters, team: team)
    for (index, (fit, expected)) in zip(fits, reference.rSquared).enumerated() {
      #expect(fit.rSquared >= expected - 0.01, "\(index): \(fit), SciPy \(expected)")
    }
  }

  @Test func `fits do not depend on the number of threads`() throws {
    let filters = NoiseFilters.white(filters: 20, pixels: 144, seed: 5)
    let fitter = GaborFitter(height: 12, width: 12)
    let first = fitter.fits(of: filters, team: ThreadTeam(count: 1))
    #expect(fitter.fits(of: filters, team: ThreadTeam(count: 3)) == first)
  }

  @Test func `constant and non-finite filters are degenerate`() {
    let fitter = GaborFitter(height: 5, width: 5)
    for value in [0, 3, .nan, .infinity] as [Double] {
      let fit = fitter.fit([Double](repeating: value, count: 25))
      #expect(fit.status == .degenerate)
      #expect(fit.rSquared == 0)
    }
  }

  /// Functions whose wave is or is not to be seen in 12 × 12 pixels, by their cycles under a width.
  @Test(
    arguments: [
      ("a grating", 2, 0.25, 0, true), ("an odd grating", 2, 0.2, 0.5, true),
      ("a blob", 2, 0, 0, false), ("an edge", 2, 0.02, 0.5, false),
      ("a bar", 1, 0.2, 0, false), ("an edge over the whole patch", 12, 0.03, 0.5, false),
      ("a wave that skips pixels", 2, 0.6, 0, false),
      ("a wave that is zero on every pixel", 2, 0.5, 0.5, false),
    ] as [(String, Double, Double, Double, Bool)])
  func `a carrier is what can be told from a blob and an edge`(
    name: String, width: Double, frequency: Double, phase: Double, hasCarrier: Bool
  ) {
    let function = GaborFunction(
      centreX: 6, centreY: 5, width: width, length: 3, orientation: 0, frequency: frequency,
      phase: phase * .pi, amplitude: 2, offset: 1)
    #expect(function.hasCarrier(height: 12, width: 12) == hasCarrier)
  }

  @Test func `with a carrier frequencies, bandwidths and amplitudes are a patch's`() throws {
    let reference = try reference()
    let (side, filters) = (reference.side, reference.filters)
    let fitter = GaborFitter(height: side, width: side)
    // Blobs and steps beside what was learned.
    let steps = (1..<side).map { edge in
      (0..<side * side).map { $0 % side < edge ? 1 : -1 as Float }
    }
    let fits = fitter.fits(
      of: Matrix(
        rows: filters.count + steps.count, columns: side * side,
        elements: (filters + steps).flatMap { $0 }), team: team)
    #expect(fits.contains { $0.hasCarrier } && fits.contains { !$0.hasCarrier })
    for (filter, fit) in zip(filters + steps, fits) where fit.hasCarrier {
      let function = fit.function
      #expect(function.bandwidth < 4.01 && function.frequency >= 0.5 / (1.5 * Double(side)))
      let values = function.values(height: side, width: side).map { abs($0 - function.offset) }
      #expect(function.amplitude <= 2 * (values.max() ?? 0))
      #expect(filter.count == side * side)
    }
  }

  @Test func `bandwidth of one octave means a half-amplitude ratio of two`() {
    // f ± Δ in the ratio 2 : 1 for Δ = f/3.
    let width = (2 * Double(0.693_147_180_559_945)).squareRoot() / (2 * .pi * 0.1)
    let function = GaborFunction(
      centreX: 0, centreY: 0, width: width, length: 3 * width, orientation: 0, frequency: 0.3,
      phase: 0, amplitude: 1)
    #expect(abs(function.bandwidth - 1) < 1e-12)
    #expect(abs(function.aspectRatio - 3) < 1e-12)
  }
}
