import Compute
import Foundation
import ImageData
import TestSupport
import Testing

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
    #expect(abs(means.reduce(0, +) / 400 - 0.5) < 0.03)
  }

  /// Power ∝ f^slope, fitted over 2 … 32 periods per image of 256 pixels: a photograph has −2.
  /// Beyond, where no leaf is smaller, edges alone remain, with −3.
  @Test func `the power spectrum falls like a photograph's`() {
    let leaves = DeadLeaves()
    let n = leaves.size
    var power = [Double](repeating: 0, count: 65)
    for index in 0..<16 {
      let image = leaves.image(at: index)
      // One-dimensional transforms of rows average out the orientations; the spectrum of a line
      // falls with one power less than the plane's.
      for y in stride(from: 0, to: n, by: 16) {
        for k in 1..<power.count {
          var (re, im) = (0.0, 0.0)
          for x in 0..<n {
            let window = 0.5 - 0.5 * cos(2 * .pi * (Double(x) + 0.5) / Double(n))
            let value = window * (Double(image[y, x]) - 0.5)
            let angle = 2 * .pi * Double(k * x % n) / Double(n)
            re += value * cos(angle)
            im += value * sin(angle)
          }
          power[k] += re * re + im * im
        }
      }
    }
    let points = (2...32).map { (log(Double($0)), log(power[$0])) }
    let meanX = points.map(\.0).reduce(0, +) / Double(points.count)
    let meanY = points.map(\.1).reduce(0, +) / Double(points.count)
    let slope =
      points.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      / points.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
    #expect((-2.6 ... -1.6).contains(slope - 1), "slope of the plane: \(slope - 1)")
  }
}
