import Compute
import Evaluation
import Testing

@Suite struct ReconstructionTests {
  @Test func `an error of a tenth of the signal is 20 dB`() {
    let patches = Matrix(rows: 2, columns: 2, elements: [1, 2, -3, 4])
    let reconstructions = Matrix(
      rows: 2, columns: 2, elements: patches.elements.map { $0 * 0.9 })
    var whole = SignalToNoise()
    whole.add(patches: patches, reconstructions: reconstructions)
    #expect(abs(whole.decibels - 20) < 1e-5)

    var parts = SignalToNoise()
    for row in 0..<2 {
      var part = SignalToNoise()
      part.add(
        patches: patches.selectingRows([row]),
        reconstructions: reconstructions.selectingRows([row]))
      parts.merge(part)
    }
    #expect(abs(parts.decibels - whole.decibels) < 1e-12)
  }

  @Test func `perfect reconstructions are infinitely good`() {
    let patches = Matrix(rows: 1, columns: 2, elements: [1, 2])
    var ratio = SignalToNoise()
    ratio.add(patches: patches, reconstructions: patches)
    #expect(ratio.decibels == .infinity)
  }
}
