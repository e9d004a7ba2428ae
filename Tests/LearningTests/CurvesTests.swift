import Figures
import Testing

@testable import Learning

@Suite struct CurvesTests {
  @Test func `training curves show the columns that are there`() throws {
    var metrics = MetricsTable(columns: [
      "epoch", "trainNegativeElbo", "validationNegativeLogLikelihood", "validationKl",
      "informative",
    ])
    metrics.add([1, 200, 120, 80, 10])
    metrics.add([2, 180, 110, 70, 160])
    var configuration = SparseVAEConfiguration()
    configuration.model.latents = 169
    let text = try configuration.curves(of: metrics).svgText
    for label in ["training", "−log p(x|z)", "KL", "informative", "K = 169", "epoch"] {
      #expect(text.contains(">\(label)</text>"), "\(label)")
    }
    for label in ["validation", "SNR (dB)"] { #expect(!text.contains(label), "\(label)") }
  }
}
