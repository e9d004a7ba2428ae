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
    // Coefficient k belongs to k/2 periods.
    let radii = 4...24
    var power = [Double](repeating: 0, count: radii.upperBound + 1)
    var terms = power
    for index in 0..<20 {
      // swift-format-ignore: ReplaceForEachWithForLoop
      CosineTransform(of: DeadLeaves().image(at: index)).forEach { y, x, value in
        // On the axes, coefficients are of another scale.
        guard x > 0, y > 0, x <= radii.upperBound, y <= radii.upperBound else { return }
        let radius = Int(Double(x * x + y * y).squareRoot().rounded())
        guard radii.contains(radius) else { return }
        power[radius] += value * value
        terms[radius] += 1
      }
    }
    let points = radii.map { (x: log(Double($0)), y: log(power[$0] / terms[$0])) }
    let centreX = points.map(\.x).reduce(0, +) / Double(points.count)
    let centreY = points.map(\.y).reduce(0, +) / Double(points.count)
    let slope =
      points.reduce(0) { $0 + ($1.x - centreX) * ($1.y - centreY) }
      / points.reduce(0) { $0 + ($1.x - centreX) * ($1.x - centreX) }
    #expect((-2.6 ... -1.6).contains(slope), "slope \(slope)")
  }
}
