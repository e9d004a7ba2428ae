import Compute
import Evaluation
import Testing

@Suite struct LatentActivityTests {
  /// Batches of random means about an offset that cancels badly in Float.
  private func random(rows: Int, columns: Int, offset: Double, seed: UInt64) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: .evaluation)
    return Matrix(
      rows: rows, columns: columns,
      elements: (0..<rows * columns).map { Float(offset + Double($0 % columns) * stream.normal()) })
  }

  @Test func `statistics equal their definitions, however they are batched`() {
    let (rows, columns) = (97, 3)
    let means = random(rows: rows, columns: columns, offset: 1000, seed: 1)
    let others = (2...4).map { random(rows: rows, columns: columns, offset: 5, seed: $0) }
    var direct = [Double](repeating: 0, count: columns)
    for k in 0..<columns {
      let values = (0..<rows).map { Double(means[$0, k]) }
      let mean = values.reduce(0, +) / Double(rows)
      direct[k] = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
    }
    for cuts in [[0, 97], [0, 1, 97], [0, 40, 41, 97], Array(0...97)] {
      var whole = PosteriorStatistics.Accumulator(latents: columns)
      for (start, end) in zip(cuts, cuts.dropFirst()) {
        let rows = start..<end
        whole.add(
          means: means.selectingRows(rows), variances: others[0].selectingRows(rows),
          divergences: others[1].selectingRows(rows),
          idleDivergences: others[2].selectingRows(rows))
      }
      let statistics = whole.statistics
      #expect(statistics.observations == rows)
      for k in 0..<columns {
        #expect(abs(statistics.meanVariance[k] - direct[k]) < 1e-9 * (1 + direct[k]), "\(cuts)")
        let sum = (0..<rows).reduce(0.0) { $0 + Double(others[1][$1, k]) }
        #expect(abs(statistics.divergence[k] - sum / Double(rows)) < 1e-9, "\(cuts)")
      }
    }
  }

  @Test func `merging equals adding one after another`() {
    let batches = (0..<3).map { random(rows: 10 + $0, columns: 4, offset: 3, seed: UInt64($0)) }
    var whole = PosteriorStatistics.Accumulator(latents: 4)
    var merged = PosteriorStatistics.Accumulator(latents: 4)
    for batch in batches {
      var part = PosteriorStatistics.Accumulator(latents: 4)
      for index in 0..<2 {
        let add = { (target: inout PosteriorStatistics.Accumulator) in
          target.add(
            means: batch, variances: batch, divergences: batch, idleDivergences: batch)
        }
        if index == 0 { add(&part) } else { add(&whole) }
      }
      merged.merge(part)
    }
    #expect(merged.statistics == whole.statistics)
  }

  @Test func `a collapsed latent is active by no definition`() {
    // τ = 1.2533·s for Laplace priors: KL = 0.0484, no movement of the mean but for rounding.
    let statistics = PosteriorStatistics(
      observations: 10, meanVariance: [1e-12], posteriorVariance: [1.5708], divergence: [0.0484],
      idleDivergence: [0.0484])
    let activity = LatentActivity(
      statistics, priorVariances: statistics.meanVariance.map { _ in 2 })
    #expect(activity.activeUnits == [false])
    #expect(activity.activeUnitsScaleFree == [false])
    #expect(activity.klActive == [false])
    #expect(activity.informative == [false])
    #expect(activity.strong == [false])
    #expect(activity.divergenceFloor == 0.0484)
  }

  @Test func `definitions part where they should`() {
    // A narrow posterior that never moves; one on a small scale; one that moves by its own width.
    let statistics = PosteriorStatistics(
      observations: 10, meanVariance: [0, 0.005, 3], posteriorVariance: [0.01, 0.002, 2],
      divergence: [2, 0.6, 0.5], idleDivergence: [2, 0.2, 0.1])
    let activity = LatentActivity(
      statistics, priorVariances: statistics.meanVariance.map { _ in 0.02 })
    #expect(activity.activeUnits == [false, false, true])
    #expect(activity.activeUnitsScaleFree == [false, true, true])
    #expect(activity.klActive == [true, true, true])
    #expect(activity.informative == [false, true, true])
    #expect(activity.strong == [false, true, true])
    #expect(activity.divergenceFloor == 2)
    #expect(LatentActivity(statistics, priorVariances: nil).activeUnitsScaleFree == nil)
    #expect(
      LatentActivity(statistics, priorVariances: statistics.meanVariance.map { _ in .infinity })
        .activeUnitsScaleFree == nil)
  }

  @Test func `informative and strong do not depend on the scale of the latents`() {
    let scales = [1e-3, 1, 1e3]
    let verdicts = scales.map { scale in
      let statistics = PosteriorStatistics(
        observations: 10, meanVariance: [0.05, 0.2, 2].map { $0 * scale },
        posteriorVariance: [1, 1, 1].map { $0 * scale }, divergence: [0, 0, 0],
        idleDivergence: [0, 0, 0])
      let activity = LatentActivity(
        statistics, priorVariances: statistics.meanVariance.map { _ in 2 * scale })
      return [activity.informative, activity.strong, activity.activeUnitsScaleFree ?? []]
    }
    #expect(verdicts.allSatisfy { $0 == verdicts[0] })
    #expect(verdicts[0] == [[false, true, true], [false, false, true], [true, true, true]])
  }
}
