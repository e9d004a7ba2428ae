import Filters
import Foundation
import SparseCoding
import TestSupport
import Testing

@testable import Learning

@Suite struct DictionaryConfigurationTests {
  @Test func `a configuration survives its file`() throws {
    var configuration = DictionaryConfiguration()
    configuration.resolve(for: .cut)
    configuration.sparseCoding.solver = SparseSolverFamily(name: "lca")
    configuration.sparseCoding.rule = DictionaryRuleFamily(name: "online")
    configuration.sparseCoding.constraint = .unitBall
    configuration.sparseCoding.lambda = 0.3
    try withTemporaryFolder { folder in
      let run = try RunFolder.create(at: folder.appending(path: "run"), configuration)
      #expect(try run.configuration(of: DictionaryConfiguration.self) == configuration)
    }
  }

  @Test func `rules that fit one batch get large batches, and K-SVD codes that are not shrunken`() {
    var settings = SparseCodingSettings()
    #expect(settings.resolved.solver == .activeSet)
    #expect(settings.resolved.batchSize == 200 && settings.resolved.updates == 2500)
    settings.rule = DictionaryRuleFamily(name: "k-svd")
    #expect(settings.resolved.solver == .orthogonalMatchingPursuit)
    #expect(settings.resolved.batchSize == 5000)
    settings.solver = SparseSolverFamily(name: "fista")
    #expect(settings.resolved.solver?.rawValue == "fista")
  }

  @Test(arguments: DictionaryRuleFamily.allCases)
  func `a rule takes exactly the constraints that it knows`(rule: DictionaryRuleFamily) {
    for constraint in ConstraintFamily.allCases {
      var configuration = DictionaryConfiguration()
      configuration.sparseCoding.rule = rule
      configuration.sparseCoding.constraint = constraint
      let isValid = (try? configuration.validate()) != nil
      #expect(isValid == rule.constraints.contains(constraint), "\(rule), \(constraint)")
    }
  }

  @Test(arguments: ["lambda=-1", "gap=0", "atoms=0", "activeAtoms=0", "batchSize=0", "rate=0"])
  func `a setting out of its range is refused by name`(setting: String) throws {
    var changes = SettingChanges<DictionaryConfiguration>()
    try changes.add(setting: "sparseCoding.\(setting)")
    let configuration = changes.applied(to: DictionaryConfiguration())
    let error = #expect(throws: RunError.self) { try configuration.validate() }
    let key = setting.prefix { $0 != "=" }
    #expect(error?.description.contains("sparseCoding.\(key)") == true)
  }

  @Test(arguments: SparseSolverFamily.allCases)
  func `a solver by name has the gap that it is given`(family: SparseSolverFamily) {
    #expect(family.solver(gap: 0.25, activeAtoms: 3).tolerance == 0.25)
  }
}
