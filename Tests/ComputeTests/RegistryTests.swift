import Compute
import Testing

@Suite("Registry")
struct RegistryTests {
  @Test("elements keep their order, and a name registered again is replaced in place")
  func order() {
    let registry = Registry(["one": 1, "two": 2])
    registry.register(3, as: "three")
    registry.register(20, as: "two")
    #expect(registry.names == ["one", "two", "three"])
    #expect(registry.elements == [1, 20, 3])
    #expect(registry["two"] == 20)
    #expect(registry["four"] == nil)
  }
}
