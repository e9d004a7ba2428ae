import Testing

@testable import Settings

/// A configuration with a setting of each kind.
private struct Sample: Equatable {
  enum Colour: String, CaseIterable, SettingValue { case red, green }

  var count = 3
  var rate = 0.1
  var scale: Float = 0.1
  var seed = UInt64.max
  var isFast = false
  var name = "a"
  var colour = Colour.red
  var limit: Double?
  var widths = [1, 2]
  var shape = ["nu": 5.0]

  static let settings: [Setting<Sample>] = [
    Setting("count", \.count, "", in: .from(1, to: 70_000)),
    Setting("rate", \.rate, "", in: .positive),
    Setting("scale", \.scale, "", in: .moreThan(0, atMost: 1)),
    Setting("seed", \.seed, ""),
    Setting("isFast", \.isFast, ""),
    Setting("name", \.name, "", in: .oneOf { ["a", "b"] }),
    Setting("colour", \.colour, ""),
    Setting("limit", \.limit, "", in: .zeroOrMore, ifNull: "none"),
    Setting("widths", \.widths, "", in: .each("widths", .from(1, to: 9))),
    Setting("shape", \.shape, ""),
  ]

  static func setting(_ key: String) throws -> Setting<Sample> {
    try #require(settings.first { $0.key == key })
  }
}

@Suite struct SettingTests {
  @Test(arguments: [
    0.1, 0.1 + 0.2, .leastNonzeroMagnitude, -0.0, 1e300, 123_456_789, .infinity, -.infinity,
  ])
  func `a number reads as what it was written from, to the bit`(number: Double) throws {
    #expect(try Double(number.form).bitPattern == number.bitPattern)
    #expect(try Float(Float(number).form).bitPattern == Float(number).bitPattern)
  }

  @Test(arguments: [
    (0.1 + 0.2, "0.30000000000000004"), (10, "10"), (1e-8, "1e-08"), (.infinity, ".inf"),
    (.nan, ".nan"),
  ])
  func `numbers are written in the fewest digits`(_ number: Double, _ text: String) {
    #expect(number.form.yaml == text)
  }

  @Test func `a form of another kind is refused with what is expected`() throws {
    for (key, form, expected, problem) in [
      ("count", SettingForm.text("1.5"), "a whole number", "count: 1.5"),
      ("rate", .text("fast"), "a number", "rate: fast"),
      ("seed", .text("-1"), "a whole number, 0 or more", "seed: -1"),
      ("isFast", .text("perhaps"), "true or false", "isFast: perhaps"),
      ("colour", .text("blue"), "red, green", "colour: blue"),
      ("count", .null, "a whole number", "count: null"),
      ("widths", .list([.text("1"), .text("x")]), "a whole number", "widths[1]: x"),
      ("shape", .map(["nu": .text("x")]), "a number", "shape.nu: x"),
      ("widths", .text("1"), "a list such as [1, 2]", "widths: 1"),
    ] {
      let setting = try Sample.setting(key)
      let fault = #expect(throws: SettingFault.self) { _ = try setting.change(to: form) }
      #expect(fault?.expected == expected)
      #expect(fault?.problem(of: key) == problem)
    }
  }

  @Test(arguments: Sample.settings.map(\.key))
  func `a setting takes the form that it gives`(key: String) throws {
    let setting = try Sample.setting(key)
    var sample = Sample()
    try setting.change(to: setting.form(in: sample))(&sample)
    #expect(sample == Sample())
  }

  @Test func `a value out of its range is named with the range`() throws {
    var sample = Sample()
    try Sample.settings.validate(sample)
    sample.count = 70_001
    var error = #expect(throws: SettingError.self) { try Sample.settings.validate(sample) }
    #expect(error?.description == "count is 70001; expected from 1 to 70,000")
    sample = Sample()
    sample.limit = -1
    error = #expect(throws: SettingError.self) { try Sample.settings.validate(sample) }
    #expect(error?.description == "limit is -1; expected 0 or more")
    sample = Sample()
    sample.name = "c"
    error = #expect(throws: SettingError.self) { try Sample.settings.validate(sample) }
    #expect(error?.description == "name is c; expected a, b")
    for rate in [0, .nan, .infinity, -1] {
      sample = Sample()
      sample.rate = rate
      #expect(throws: SettingError.self) { try Sample.settings.validate(sample) }
    }
  }

  @Test func `a map is changed entry by entry`() throws {
    var sample = Sample()
    let shape = try Sample.setting("shape")
    try shape.change(to: .map(["ratio": .text("2")]))(&sample)
    #expect(sample.shape == ["nu": 5, "ratio": 2])
    try shape.change(to: .map([:]))(&sample)
    #expect(sample.shape.isEmpty)
  }

  @Test func `a setting of a part is the part's setting`() throws {
    struct Whole { var sample = Sample() }
    let setting = try Sample.setting("count").within(\Whole.sample)
    var whole = Whole()
    try setting.change(to: .text("0"))(&whole)
    #expect(whole.sample.count == 0)
    #expect(throws: SettingError.self) { try setting.validate(whole) }
  }

  @Test(arguments: [
    ("model.latent", "model.latents"), ("epochs", "training.epochs"), ("modle", "model"),
    ("model.epochs", "training.epochs"), ("model.beauty", nil),
  ])
  func `a mistyped key is told from one that is far from all`(_ word: String, _ key: String?) {
    let keys = ["data", "model", "model.latents", "model.prior", "training.epochs"]
    #expect(keys.nearest(to: word) == key)
  }

  @Test(arguments: [
    "plain", "with space", "a\"b\\c", "null", "True", "3", "", "ü/ß.png", "\n\u{7}",
  ])
  func `text is quoted where YAML would take it for something else`(text: String) {
    let isPlain = ["plain", "ü/ß.png"].contains(text)
    #expect((SettingForm.text(text).yaml == text) == isPlain)
  }
}
