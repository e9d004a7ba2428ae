import CKernels
import CPeak
import Compute

/// Rates of one piece of work, in units a second, one for each of several windows of time.
struct Measurement {
  /// Units a second, window by window.
  var rates: [Double] = []
  /// The processor's fp32 peak beside each window, operations a second.
  var peaks: [Double] = []

  var median: Double { rates.median }

  /// Half the distance between the quartiles, over the median.
  var spread: Double {
    let sorted = rates.sorted()
    let quartile = { (q: Double) in sorted[Int((q * Double(sorted.count - 1)).rounded())] }
    return (quartile(0.75) - quartile(0.25)) / 2 / median
  }

  var best: Double { rates.max() ?? .nan }

  /// The best rate · `operations` over the highest peak: what others do meanwhile lowers both.
  func shareOfPeak(operations: Double) -> Double {
    best * operations / (peaks.max() ?? .nan)
  }
}

extension [Double] {
  var median: Double {
    let sorted = sorted()
    let middle = sorted.count / 2
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// How long a piece of work is measured.
struct Schedule: Sendable {
  var windows = 25
  /// Length of a window.
  var seconds = 0.05

  /// Measures `work`, after a window to warm up in.
  ///
  /// - Parameter units: what one call of `work` counts for.
  func measure(_ team: ThreadTeam, units: Double = 1, _ work: () -> Void) -> Measurement {
    _ = rate(seconds: seconds, work)
    var result = Measurement()
    for _ in 0..<windows {
      result.peaks.append(Peak.multiplyAdds(on: team))
      result.rates.append(units * rate(seconds: seconds, work))
    }
    return result
  }
}

/// Calls `work` for at least `seconds`; returns calls a second.
func rate(seconds: Double, _ work: () -> Void) -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  var calls = 0
  while true {
    work()
    calls += 1
    let elapsed = (clock.now - start) / .seconds(1)
    if elapsed >= seconds { return Double(calls) / elapsed }
  }
}

/// What the processor can do at most, here and now.
enum Peak {
  /// fp32 operations a second on all threads of a team; a multiply-add counts two.
  static func multiplyAdds(on team: ThreadTeam) -> Double {
    let rounds = 50_000
    let calls = rate(seconds: 0.005) {
      team.run { _ in _ = svae_peak_multiply_adds(svae_cpu_level(), rounds) }
    }
    return calls * svae_peak_multiply_adds(svae_cpu_level(), 1) * Double(rounds)
      * Double(team.count)
  }

  /// Bytes a second that one thread can read and write at most, in arrays of `bytes` in all.
  static func traffic(bytes: Int) -> Double {
    let count = max(bytes / 8, 16)
    let memory = Memory()
    let (from, to) = (memory.zeros(count), memory.zeros(count))
    let rates = (0..<5).map { _ in
      withExtendedLifetime(memory) {
        rate(seconds: 0.02) { svae_peak_scale(svae_cpu_level(), count, 0.5, from, to) }
      }
    }
    return (rates.max() ?? 0) * Double(8 * count)
  }
}
