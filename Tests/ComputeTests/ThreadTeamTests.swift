import Compute
import Testing

@Suite struct ThreadTeamTests {
  @Test(arguments: [1, 2, 3, 5]) func `shares cover the work once`(threads: Int) {
    let team = ThreadTeam(count: threads)
    for (total, grain) in [(0, 1), (1, 1), (7, 2), (100, 32), (1000, 1)] {
      nonisolated(unsafe) let visits = UnsafeMutableBufferPointer<Int>.allocate(capacity: total)
      defer { visits.deallocate() }
      visits.initialize(repeating: 0)
      team.run { member in
        for index in member.share(of: total, grain: grain) { visits[index] += 1 }
      }
      #expect(visits.allSatisfy { $0 == 1 }, "total \(total), grain \(grain)")
    }
  }

  @Test func `a barrier separates what comes before from what comes after`() {
    let team = ThreadTeam(count: 2)
    nonisolated(unsafe) let values = UnsafeMutableBufferPointer<Int>.allocate(capacity: 2)
    defer { values.deallocate() }
    values.initialize(repeating: 0)
    for round in 1...2000 {
      team.run { member in
        values[member.index] = round
        member.barrier()
        let other = values[1 - member.index]
        member.barrier()
        values[member.index] = other == round ? round : -1
      }
      #expect(values.allSatisfy { $0 == round })
    }
  }

  @Test func `map keeps the order`() {
    let team = ThreadTeam(count: 2)
    #expect(team.map(1000) { "\($0)" } == (0..<1000).map { "\($0)" })
  }

  @Test func `denormals are zero on every thread, and the caller's again after`() {
    let tiny = Float.leastNonzeroMagnitude
    for threads in [1, 2] {
      let products = ThreadTeam(count: threads).map(64) { _ in doubled(tiny) }
      #expect(products.allSatisfy { $0 == 0 }, "\(threads) threads")
      #expect(doubled(tiny) > 0)
    }
  }
}

/// 2·x, computed when asked.
@inline(never)
private func doubled(_ x: Float) -> Float { x * 2 }
