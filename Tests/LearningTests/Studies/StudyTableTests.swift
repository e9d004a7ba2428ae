import Foundation
import Testing

@testable import Learning
@testable import Studies

struct StudyTableTests {
  /// Active filters 3, 4, 5 without a constraint; 11, 11, 12 with unit norm.
  private func results() throws -> StudyResults {
    let study = try TinyStudy.study()
    func condition(
      _ index: Int, _ active: [Int], gabor: Int?
    ) throws -> StudyResults.ConditionResults {
      StudyResults.ConditionResults(
        condition: study.conditions[index],
        runs: try active.enumerated().map { seed, count in
          try MeasuredRun(
            seed: UInt64(seed + 1),
            record: TinyStudy.record(active: count, elbo: -100 - Double(count), gabor: gabor),
            stability: 0.5, chanceStability: 0.3)
        })
    }
    return try StudyResults(
      study: study,
      conditions: [
        condition(0, [3, 4, 5], gabor: nil), condition(1, [11, 11, 12], gabor: 7),
      ])
  }

  private func rows(_ json: String) throws -> [[String: Any]] {
    try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
  }

  @Test func `the table has the mean and its 95 % interval`() throws {
    let rows = try rows(StudyTable(results()).json())
    #expect(rows.map { $0["constraint"] as? String } == ["none", "unit-norm"])
    #expect(rows.map { $0["latents"] as? Int } == [12, 12])
    #expect(rows.map { $0["seeds"] as? Int } == [3, 3])
    let active = try #require(rows[0]["activeFilters"] as? [String: Double])
    // t₀.₉₇₅ at 2 degrees of freedom is 4.302653; s = 1.
    #expect(active["mean"] == 4)
    #expect(abs((active["high"] ?? 0) - (4 + 4.302653 / 3.0.squareRoot())) < 1e-5)
    #expect(abs((active["low"] ?? 0) - (4 - 4.302653 / 3.0.squareRoot())) < 1e-5)
  }

  @Test func `the table has every measure of the contract`() throws {
    for row in try rows(StudyTable(results()).json()) {
      for key in [
        "activeFilters", "gaborLike", "gaborLikeStrict", "spikes", "elbo", "negativeLogLikelihood",
        "kl", "snrDecibels", "informative", "strong", "activeUnits", "klActive", "l0", "normMean",
        "stability", "seconds",
      ] {
        let object = try #require(row[key] as? [String: Any], "\(key)")
        #expect(Set(object.keys) == ["mean", "low", "high"])
      }
    }
  }

  @Test func `what is undefined is null`() throws {
    let rows = try rows(StudyTable(results()).json())
    let gabor = try rows.map { try #require($0["gaborLike"] as? [String: Any]) }
    #expect(gabor[0]["mean"] is NSNull)
    #expect(gabor[1]["mean"] as? Double == 7)
  }

  @Test func `two runs share one stability, which has no interval`() throws {
    let measure = try #require(Measure.named("stability"))
    #expect(measure.summary(of: [0.4, 0.4], latents: 9).halfWidth == nil)
    #expect(measure.summary(of: [0.4, 0.5, 0.6], latents: 9).halfWidth != nil)
  }

  /// Values, and what is shown of a count of at most 20.
  @Test(
    arguments: [
      ([7], "7.0"), ([3, 5], "4.0 (3.0–5.0)"), ([4, 4], "4.0"), ([4, 4, 4], "4.0 ± 0.0"),
      ([9, 10, 11], "10.0 ± 2.5"), ([0, 1, 5], "2.0 (0.0–8.6)"), ([14, 19, 20], "17.7 (9.7–20.0)"),
    ] as [([Double], String)])
  func `two seeds have a range, and no interval goes beyond what is possible`(
    values: [Double], text: String
  ) throws {
    let measure = try #require(Measure.named("activeFilters"))
    #expect(measure.text(measure.summary(of: values, latents: 20)) == text)
  }

  @Test func `the table's intervals are within what is possible`() throws {
    let measure = try #require(Measure.named("activeFilters"))
    let pair = measure.summary(of: [36, 42], latents: 169)
    #expect(pair.low == 36 && pair.high == 42)
    let few = measure.summary(of: [0, 0, 6], latents: 169)
    #expect(few.low == 0 && (few.high ?? 0) > 6)
  }

  @Test func `a difference that rounds to zero has no sign`() throws {
    let measure = try #require(Measure.named("seconds"))
    #expect(measure.text(-0.2) == "0")
    #expect(measure.text(-1.2) == "−1")
  }

  @Test func `every line of the spreadsheet has a field for each column`() throws {
    let lines = try StudyTable(results()).csv.split(separator: "\n")
    #expect(lines.count == 3)
    let counts = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
    #expect(Set(counts).count == 1, "\(counts)")
  }

  @Test func `the contrast is a paired test over seeds`() throws {
    let contrast = try #require(StudyContrast(results()))
    let row = try #require(contrast.row("activeFilters"))
    let test = try #require(row.test)
    // Differences 8, 7, 7: mean 22/3, s = 1/√3, t = 22.
    #expect(abs((row.to.mean - row.from.mean) - 22.0 / 3) < 1e-12)
    #expect(abs((test.t ?? 0) - 22) < 1e-9)
    #expect(abs((test.cohensD ?? 0) - 22 / 3.0.squareRoot()) < 1e-9)
    #expect(abs(test.pValue - 0.002060) < 1e-5)
    #expect(contrast.row("gaborLike") == nil)
  }
}
