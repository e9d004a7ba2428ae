import CKernels
import Compute
import Distributions
import Foundation
import Testing

@testable import LatentVariableModels

/// The kernels of posteriors with atoms against the rule in double precision, on every instruction set.
@Suite struct AtomKernelTests {
  private static let rows = 6
  private static let count = 32 * rows

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let layer: any LatentLayer
    /// Of each row.
    let numbers: [Float]
    var testDescription: String { name }
  }

  private static let range: ClosedRange<Float> = -5...2

  static let cases = [
    Case(
      name: "Laplace slab",
      layer: SpikeAndSlab(prior: SpikeAndSlabPrior(scale: 0.6), logScaleRange: range),
      numbers: [-2.2]),
    Case(
      name: "Gaussian slab",
      layer: SpikeAndSlab(prior: GaussianSpikeAndSlabPrior(scale: 0.6), logScaleRange: range),
      numbers: [-0.3]),
    Case(
      name: "counts", layer: PoissonCounts(prior: PoissonPrior(scale: 0.6)),
      numbers: (0..<rows).map { -6 + Float($0) * 1.3 }),
  ]

  /// Heads from the middle to the extremes; beyond the range of ℓ and log λ too.
  private static func heads(_ test: Case) -> [[Float]] {
    var stream = RandomStream(seed: 8, purpose: .evaluation)
    let widths: [Double] = test.layer.headCount == 3 ? [2, 3, 5] : [6]
    return widths.map { width in
      (0..<count).map { index in
        Float(width * stream.normal() * (index % 7 == 0 ? 3 : index % 5 == 0 ? 0.01 : 1))
      }
    }
  }

  private static func number(_ test: Case, _ row: Int) -> Float {
    test.numbers[test.numbers.count == 1 ? 0 : row]
  }

  private static func expected(
    _ test: Case, _ heads: [[Float]], at index: Int
  ) -> LatentDraw {
    var own = SIMD4<Double>.zero
    for (head, plane) in heads.enumerated() { own[head] = Double(plane[index]) }
    own[heads.count] = Double(number(test, index / 32))
    return test.layer.expect(own, noise: 0, priorScale: 0.6) ?? .nothing
  }

  @Test(arguments: cases, [32, 19])
  func `moments, divergences and gradients equal the mathematics`(
    _ test: Case, lanes: Int
  ) throws {
    let kernel = try #require(test.layer.atomKernel)
    let heads = Self.heads(test)
    for level in LatentRun.levels {
      let kernels = try #require(svae_kernels_at(level)?.pointee.atoms)
      let run = Run(kernel, kernels, heads, test.numbers, rows: Self.rows, lanes: lanes)
      var (scaleSlope, numberSlopes) = (0.0, [Double](repeating: 0, count: Self.rows))
      for index in 0..<Self.count {
        if index % 32 >= lanes {
          #expect(run.planes.allSatisfy { $0[index] == 0 })
          continue
        }
        let found = Self.expected(test, heads, at: index)
        let point: Comment = "level \(level), \(heads.map { $0[index] })"
        let size = abs(found.divergence) + abs(Double(heads[0][index])) + 1
        #expect(abs(Double(run.planes[0][index]) - found.z) < 1e-6 * (1 + abs(found.z)), point)
        #expect(
          abs(Double(run.planes[1][index]) - found.variance) < 2e-6 * (1 + found.variance), point)
        #expect(abs(Double(run.planes[3][index]) - found.divergence) < 2e-6 * size, point)
        for head in heads.indices {
          let slope = 0.7 * found.divergenceSlopes[head]
          #expect(
            abs(Double(run.planes[4 + head][index]) - slope) < 4e-6 * (size + abs(slope)), point)
          // ∂L/∂z = 1.3 and ∂L/∂Var z = 0.4
          let moments = 1.3 * found.slopes[head] + 0.4 * found.varianceSlopes[head]
          #expect(
            abs(Double(run.carried[head][index]) - moments)
              < 1e-5 * (1 + abs(moments) + found.variance + found.z * found.z), point)
        }
        scaleSlope += 0.7 * found.scaleSlope
        numberSlopes[index / 32] += 0.7 * found.numberSlope
      }
      #expect(abs(Double(run.scaleSlope) - scaleSlope) < 1e-5 * (10 + abs(scaleSlope)))
      for (found, expected) in zip(run.numberSlopes, numberSlopes) {
        #expect(abs(Double(found) - expected) < 1e-5 * (10 + abs(expected)))
      }
    }
  }

  @Test(arguments: cases) func `what is no number comes through`(_ test: Case) throws {
    let kernel = try #require(test.layer.atomKernel)
    for head in 0..<test.layer.headCount {
      var heads = Self.heads(test)
      heads[head][3] = .nan
      let run = Run(
        kernel, svae_kernels().pointee.atoms, heads, test.numbers, rows: Self.rows, lanes: 32)
      #expect(run.planes[3][3].isNaN)
      #expect(run.planes[3].count(where: \.isNaN) == 1)
    }
  }

  /// z, Var z, the share, KL and its gradients; and the gradient of 1.3·z + 0.4·Var z.
  private struct Run {
    var planes: [[Float]]
    var carried: [[Float]]
    var numberSlopes: [Float]
    var scaleSlope: Float

    init(
      _ kernel: AtomKernel, _ kernels: svae_atom_kernels, _ heads: [[Float]], _ numbers: [Float],
      rows: Int, lanes: Int
    ) {
      let count = 32 * rows
      var read = (heads + [[Float](repeating: 1.3, count: count)]).map { AlignedArray($0) }
      var number = AlignedArray(numbers)
      var written = [AlignedArray](
        repeating: AlignedArray([Float](repeating: .nan, count: count)), count: 4 + heads.count)
      var gradients = [AlignedArray](repeating: AlignedArray(count: count), count: heads.count)
      var slopes = AlignedArray(count: rows)
      let sources = read.indices.map { UnsafePointer(read[$0].mutablePointer()) }
      let targets = written.indices.map { written[$0].mutablePointer() }
      let back = gradients.indices.map { gradients[$0].mutablePointer() }
      let kind = Int32(kernel.kind.rawValue)
      let isSlab = heads.count == 3
      var planes = svae_atom_planes(
        latents: rows, lanes: lanes, kind: kind, scale: 0.6, low: kernel.range.lowerBound,
        high: kernel.range.upperBound, weight: 0.7, number: UnsafePointer(number.mutablePointer()),
        first: sources[0], second: isSlab ? sources[1] : nil, third: isSlab ? sources[2] : nil,
        z: targets[0], variance: targets[1], share: targets[2], kl: targets[3],
        d_first: targets[4], d_second: isSlab ? targets[5] : nil,
        d_third: isSlab ? targets[6] : nil, number_slopes: slopes.mutablePointer())
      scaleSlope = kernels.draw(&planes)
      for at in stride(from: 0, to: count, by: 32) {
        var gradient = svae_atom_gradient(
          kind: kind, low: kernel.range.lowerBound, high: kernel.range.upperBound,
          d_z: sources[heads.count] + at, d_variance: 0.4, first: sources[0] + at,
          second: isSlab ? sources[1] + at : nil, z: targets[0] + at, variance: targets[1] + at,
          share: targets[2] + at, d_first: back[0] + at, d_second: isSlab ? back[1] + at : nil,
          d_third: isSlab ? back[2] + at : nil)
        kernels.backward(&gradient)
      }
      self.planes = withExtendedLifetime((read, number)) { written.map(\.array) }
      carried = gradients.map(\.array)
      numberSlopes = slopes.array
    }
  }
}
