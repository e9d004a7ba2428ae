import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite struct DeadLeavesTests {
  @Test func `an image depends on seed and index alone`() {
    let leaves = DeadLeaves()
    let images = ThreadTeam(count: 2).map(4) { leaves.image(at: $0) }
    #expect(images == (0..<4).map { leaves.image(at: $0) })
    #expect(Set(images).count == 4)
    var others = leaves
    others.seed = 2
    #expect(others.image(at: 0) != images[0])
  }

  @Test func `grey levels lie in range and no pixel is left open`() {
    for index in 0..<4 {
      let pixels = DeadLeaves().image(at: index).pixels
      #expect(pixels.allSatisfy { (0...1).contains($0) }, "image \(index)")
      // A leaf is black with probability 0: an open pixel would be exactly 0.
      #expect(pixels.allSatisfy { $0 > 0 }, "image \(index)")
    }
  }

  @Test func `grey levels are uniform on average`() {
    var leaves = DeadLeaves()
    leaves.size = 64
    let means = (0..<400).map { index in
      let pixels = leaves.image(at: index).pixels
      return Double(pixels.reduce(0, +)) / Double(pixels.count)
    }
    let mean = means.reduce(0, +) / 400
    #expect(abs(mean - 0.5) < 0.03)
  }

  /// Power ∝ f^slope with a slope between −1.6 and −2.6; photographs have about −2. Fitted to the
  /// radial mean over 2 … 12 periods per image of 256 pixels, the scale of the leaves. Beyond,
  /// where no leaf is smaller, edges alone remain, and the slope nears −3.
  @Test func `the power spectrum falls like a photograph's`() {
    let leaves = DeadLeaves()
    let (n, highest) = (leaves.size, 12)
    let turn = 2 * Double.pi / Double(n)
    let window: [Double] = (0..<n).map { 0.5 - 0.5 * cos(turn * (Double($0) + 0.5)) }
    let wave: [(Double, Double)] = (0..<n).map { (cos(turn * Double($0)), -sin(turn * Double($0))) }
    var power = [Double](repeating: 0, count: highest + 1)
    var terms = power
    for index in 0..<20 {
      let image = leaves.image(at: index)
      for u in -highest...highest {
        // The transform of each row at frequency u, then of these down the column.
        let rows = (0..<n).map { y in
          (0..<n).reduce((0.0, 0.0)) { sum, x in
            let value = window[y] * window[x] * (Double(image[y, x]) - 0.5)
            let (re, im) = wave[(u * x % n + n) % n]
            return (sum.0 + value * re, sum.1 + value * im)
          }
        }
        for v in 0...highest {
          let radius = Int((Double(u * u + v * v)).squareRoot().rounded())
          guard (2...highest).contains(radius) else { continue }
          let sum = (0..<n).reduce((0.0, 0.0)) { sum, y in
            let (re, im) = wave[v * y % n]
            let row = rows[y]
            return (sum.0 + row.0 * re - row.1 * im, sum.1 + row.0 * im + row.1 * re)
          }
          power[radius] += sum.0 * sum.0 + sum.1 * sum.1
          terms[radius] += 1
        }
      }
    }
    let points = (2...highest).map { (x: log(Double($0)), y: log(power[$0] / terms[$0])) }
    let centreX = points.map(\.x).reduce(0, +) / Double(points.count)
    let centreY = points.map(\.y).reduce(0, +) / Double(points.count)
    let slope =
      points.reduce(0) { $0 + ($1.x - centreX) * ($1.y - centreY) }
      / points.reduce(0) { $0 + ($1.x - centreX) * ($1.x - centreX) }
    #expect((-2.6 ... -1.6).contains(slope), "slope \(slope)")
  }
}
