import LatentVariableModels
import Testing

@testable import Learning

@Suite struct ScaleSettingTests {
  @Test func `what is said of scales that are not learned is an error that names the setting`() {
    let mistakes: [(key: String, change: (inout SparseVAEConfiguration) -> Void)] = [
      ("training.scalesFrom", { $0.training.scalesFrom = 0.5 }),
      ("training.priorScaleUpdate", { $0.training.priorScaleUpdate = .empiricalBayes }),
      (
        "training.lateDecoderFactor",
        {
          $0.training.learnsPriorScale = true
          $0.training.lateDecoderFactor = 0
        }
      ),
    ]
    for (key, change) in mistakes {
      var configuration = SparseVAEConfiguration()
      change(&configuration)
      let error = #expect(throws: RunError.self) { try configuration.validate() }
      #expect(error?.description.contains("\(key) is ") == true, "\(String(describing: error))")
      configuration.training.learnsPriorScale = true
      configuration.training.scalesFrom = 0.5
      #expect(throws: Never.self) { try configuration.validate() }
    }
  }
}
