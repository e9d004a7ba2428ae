import Compute
import Distributions
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@Suite struct PriorTests {
  @Test func `log densities and scores equal SciPy's`() throws {
    let reference = try ReferenceValues.load().priors
    #expect(Set(reference.map(\.prior)) == Set(PriorFamily.withDensity.map(\.rawValue)))
    for values in reference {
      let prior = try #require(PriorFamily(rawValue: values.prior)).prior(scale: values.scale)
      for (index, z) in values.z.enumerated() {
        #expect(
          isClose(prior.logDensity(z), values.logDensity[index], 1e-11),
          "\(prior) at \(z)")
        #expect(isClose(prior.score(z), values.score[index], 1e-8), "score of \(prior) at \(z)")
      }
    }
  }

  @Test(arguments: PriorFamily.withDensity, [0.02, 0.3, 4])
  func `a density integrates to one`(family: PriorFamily, scale: Double) {
    let prior = family.prior(scale: scale)
    let cuts = [-40, log(1e-3), 40]
    let half = zip(cuts, cuts.dropFirst()).reduce(0.0) { sum, cut in
      sum
        + integral(from: cut.0, to: cut.1, pieces: 4000) { t in
          exp(prior.logDensity(scale * exp(t))) * scale * exp(t)
        }
    }
    #expect(abs(2 * half - 1) < 1e-9, "\(prior)")
  }

  @Test(arguments: PriorFamily.withDensity, [0.05, 1, 3])
  func `the score is the derivative of the log density`(family: PriorFamily, scale: Double) {
    let prior = family.prior(scale: scale)
    for u in [-30, -2, -0.4, -0.03, 5e-4, 0.004, 0.1, 0.7, 1.3, 9] {
      let z = u * scale
      let slope = derivative(at: z, step: abs(z) * 1e-2, of: prior.logDensity)
      let score = prior.score(z)
      #expect(abs(slope - score) < 1e-5 * (1 / scale + abs(score)), "\(prior), \(z)")
    }
    #expect(prior.score(0) == 0)
  }

  @Test(arguments: PriorFamily.withDensity)
  func `a prior is symmetric and of its scale`(family: PriorFamily) {
    let unit = family.prior(scale: 1)
    let wide = family.prior(scale: 7)
    for z in [0.0, 0.01, 0.5, 2, 20] {
      #expect(unit.logDensity(z) == unit.logDensity(-z))
      #expect(unit.score(z) == -unit.score(-z))
      #expect(isClose(wide.logDensity(7 * z), unit.logDensity(z) - log(7), 1e-13))
    }
  }

  @Test(arguments: PriorFamily.withDensity)
  func `samples follow the density`(family: PriorFamily) {
    let scale = 0.7
    let prior = family.prior(scale: scale)
    var stream = RandomStream(seed: 11, purpose: .evaluation)
    let count = 100_000
    let samples = (0..<count).map { _ in prior.sample(using: &stream) }.sorted()
    // Kolmogorov's distance on a grid that covers peak and tails; its 99.9 % point is 1.95/√n.
    let grid = (-60...60).map { scale * sinh(Double($0) / 8) }
    var cumulative = 0.0
    var distances: [Double] = []
    for (index, z) in grid.enumerated() where z >= 0 {
      if z > 0 {
        // Split below the floor of a horseshoe, near its peak.
        let start = grid[index - 1]
        let cuts = start == 0 ? [0, 7e-4, 7e-3, z] : [start, z]
        for (low, high) in zip(cuts, cuts.dropFirst()) {
          cumulative += integral(from: low, to: high, pieces: 50) { exp(prior.logDensity($0)) }
        }
      }
      let above = Double(count - samples.firstIndex(from: { $0 > z })) / Double(count)
      let below = Double(samples.firstIndex(from: { $0 >= -z })) / Double(count)
      distances += [abs(above - (0.5 - cumulative)), abs(below - (0.5 - cumulative))]
    }
    let distance = distances.max() ?? 1
    #expect(distance < 1.95 / Double(count).squareRoot(), "\(prior): distance \(distance)")
  }

  @Test(arguments: PriorFamily.withDensity)
  func `the variance is that of the density`(family: PriorFamily) throws {
    let prior = family.prior(scale: 0.4)
    func secondMoment(upTo end: Double) -> Double {
      2
        * integral(from: -40, to: end, pieces: 8000) { t in
          exp(prior.logDensity(exp(t)) + 3 * t)
        }
    }
    if let variance = prior.variance {
      #expect(abs(secondMoment(upTo: 25) / variance - 1) < 1e-6, "\(prior)")
    } else {
      #expect(secondMoment(upTo: 25) > 1e6, "\(prior)")
    }
  }

  @Test func `families are named as options name them`() {
    #expect(
      PriorFamily.withDensity.map(\.rawValue) == [
        "laplace", "gaussian", "cauchy", "student-t", "horseshoe", "smooth-spike-and-slab",
      ])
    #expect(
      PriorFamily.allCases.filter(\.hasAtom).map(\.rawValue) == [
        "spike-and-slab", "gaussian-spike-and-slab", "thresholded-gaussian", "poisson",
      ])
    for family in PriorFamily.withDensity {
      let prior = family.prior(scale: 0.5)
      #expect(type(of: prior).family == family)
      #expect(prior.scale == 0.5)
    }
  }

  @Test func `Student's t at one degree of freedom is Cauchy's distribution`() {
    let student = StudentTPrior(scale: 0.6, degreesOfFreedom: 1)
    let cauchy = CauchyPrior(scale: 0.6)
    for z in [-3, 0, 0.2, 50] {
      #expect(isClose(student.logDensity(z), cauchy.logDensity(z), 1e-14))
      #expect(isClose(student.score(z), cauchy.score(z), 1e-14))
    }
    #expect(student.variance == nil)
  }
}

extension [Double] {
  /// The first index of a sorted array from which `predicate` holds: by bisection.
  fileprivate func firstIndex(from predicate: (Double) -> Bool) -> Int {
    var range = startIndex..<endIndex
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = predicate(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }
}
