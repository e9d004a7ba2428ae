import Testing

@testable import Compute

@Suite struct HazardsTests {
  @Test func `threads meet before they read what was written, or write what is being read`() {
    var plan = BufferPlan()
    let (a, b) = (plan.buffer(10), plan.buffer(6))
    var hazards = Hazards()
    var meets: Bool
    func place(_ buffer: Buffer) -> Hazards.Place { Hazards.activations(buffer) }
    meets = hazards.mustMeet(writing: place(a[0..<4]))
    #expect(!meets)
    meets = hazards.mustMeet(writing: place(a[4..<10]))
    #expect(!meets, "parts that do not overlap")
    meets = hazards.mustMeet(reading: place(b))
    #expect(!meets)
    meets = hazards.mustMeet(reading: place(b))
    #expect(!meets, "both read")
    meets = hazards.mustMeet(reading: place(a[3..<5]))
    #expect(meets, "read after write")
    meets = hazards.mustMeet(reading: place(a))
    #expect(!meets, "they have met")
    meets = hazards.mustMeet(writing: place(a[9..<10]))
    #expect(meets, "write after read")
    meets = hazards.mustMeet(writing: place(a))
    #expect(meets, "write after write")
  }

  @Test func `what an operation itself reads is remembered when the threads met before it`() {
    var plan = BufferPlan()
    let (a, b) = (plan.buffer(10), plan.buffer(6))
    var hazards = Hazards()
    var meets: Bool
    _ = hazards.mustMeet(writing: Hazards.activations(b))
    meets = hazards.mustMeet(reading: Hazards.activations(a), Hazards.activations(b))
    #expect(meets)
    meets = hazards.mustMeet(writing: Hazards.activations(a))
    #expect(meets)
  }

  @Test func `kinds of memory do not meet, nor does nothing`() {
    var hazards = Hazards()
    var meets: Bool
    meets = hazards.mustMeet(writing: Hazards.parameters(0..<100))
    #expect(!meets)
    meets = hazards.mustMeet(writing: Hazards.gradient(0..<100), Hazards.none)
    #expect(!meets)
    meets = hazards.mustMeet(reading: Hazards.packed(0), Hazards.none)
    #expect(!meets)
    meets = hazards.mustMeet(reading: Hazards.parameters(99..<100))
    #expect(meets)
  }
}
