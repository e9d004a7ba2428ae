import Foundation
import ImageData
import SparseCoding

extension DictionaryConfiguration {
  public func header(pixels: Int, kind: PatchKind) -> String {
    let settings = sparseCoding.resolved
    let solver = settings.chosenSolver
    let penalized =
      "λ = \(settings.lambda), \(solver.rawValue) to a \(solver.entry.criterion.name) of \(settings.gap)"
      + (settings.nonnegative ? ", nonnegative" : "")
    let codes =
      solver.entry.criterion == .activeAtoms
      ? "\(solver.rawValue), \(settings.activeAtoms) active atoms" : penalized
    let (updates, batch) = (settings.updates ?? 0, settings.batchSize ?? 0)
    let passes = Double(updates) * Double(batch) / Double(max(1, data.preparation.patches))
    let objective =
      solver.entry.objective
      + (solver.entry.isLasso ? "" : "; objectives below are the lasso's, \(SolverEntry.lasso)")
    let lines: [(label: String, text: String)] = [
      (
        "dictionary",
        "\(settings.atoms) atoms for \(pixels) pixels; \(settings.constraint.rawValue)"
      ),
      ("codes", codes),
      ("minimise", objective),
      (
        "learning",
        "\(updates) updates with \(batch) patches each, "
          + String(format: "%.1f", passes) + " passes; rule \(settings.rule.rawValue)"
      ),
    ]
    return labelled(lines)
  }
}
