import Testing

@testable import Figures

@Suite struct AxisTests {
  private func labels(_ axis: Axis, _ values: [Double], ticks: Int = 5) -> [String] {
    ResolvedAxis(axis, values: values, fit: .ticks, ticks: ticks).ticks.map(\.label)
      .filter { !$0.isEmpty }
  }

  @Test func `ticks are round numbers`() {
    #expect(labels(Axis(""), [0, 1]) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(Axis(""), [-31, 48]) == ["−40", "−20", "0", "20", "40", "60"])
    #expect(
      labels(Axis(""), [0, 19_000], ticks: 4) == ["0", "5000", "10,000", "15,000", "20,000"])
    #expect(labels(Axis(""), [0, 3e-5], ticks: 3) == ["0", "1×10⁻⁵", "2×10⁻⁵", "3×10⁻⁵"])
  }

  @Test func `steps are 1, 2 or 5 times a power of ten`() {
    for exponent in -12...12 {
      for factor in [1.0, 1.3, 2.2, 4.7, 8.9] {
        var unit = 1.0
        for _ in 0..<abs(exponent) { unit *= 10 }
        let extent = factor * (exponent < 0 ? 1 / unit : unit)
        let step = Ticks.step(0...extent, about: 5, isInteger: false)
        let pieces = extent / step
        #expect((3...8).contains(pieces), "\(extent) in pieces of \(step)")
      }
    }
  }

  @Test func `axes of counts have ticks at whole numbers`() {
    #expect(labels(Axis("", isInteger: true), [1, 2]) == ["1", "2"])
  }

  @Test func `logarithmic axes are labelled at powers of ten`() {
    let axis = Axis("", scale: .logarithmic)
    #expect(labels(axis, [1e-6, 1e-3]) == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³"])
    #expect(labels(axis, [0.01, 100]) == ["0.01", "0.1", "1", "10", "100"])
    #expect(labels(axis, [1, 8]) == ["1", "2", "5", "10"])
  }

  @Test func `equal factors are equal distances on a logarithmic axis`() throws {
    let axis = ResolvedAxis(
      Axis("", scale: .logarithmic, range: 0.01...100), values: [], fit: .tight)
    let fractions = try [0.01, 0.1, 1, 10, 100].map { try #require(axis.fraction($0)) }
    for (fraction, expected) in zip(fractions, [0, 0.25, 0.5, 0.75, 1]) {
      #expect(abs(fraction - expected) < 1e-12)
    }
    #expect(axis.fraction(0) == nil)
    #expect(axis.fraction(.nan) == nil)
  }

  @Test func `labels at line ends keep apart and in order`() {
    let heights = EndLabels.separated([10, 11, 12, 60, 99, 100], within: 0...100)
    for (upper, lower) in zip(heights, heights.dropFirst()) { #expect(lower - upper > 8.4) }
    #expect(heights[3] == 60)
    #expect(heights.allSatisfy { (0...100).contains($0) })
  }

  @Test func `histograms count each value once`() {
    let histogram = Histogram(
      groups: [.init(values: [0, 0.05, 0.25, 0.3, 0.5, 0.6, .nan, -1])],
      x: Axis("", range: 0...0.5), bins: 2)
    #expect(histogram.counts == [[2, 3]])
  }

  @Test func `orientations are the same half a turn on`() {
    let near: [Double] = [0.01, -0.01, .pi - 0.01, .pi + 0.01, 3 * .pi]
    let histogram = PolarHistogram(orientations: near + [.pi / 2, .nan], bins: 6)
    #expect(histogram.counts == [5, 0, 0, 1, 0, 0])
  }
}
