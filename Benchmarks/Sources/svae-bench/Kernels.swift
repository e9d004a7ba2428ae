import ArgumentParser
import CKernels
import Compute

/// `svae-bench kernels`
struct Kernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Each kernel on one thread, against what bounds it.",
    discussion: """
      Products are bounded by the processor's multiply-adds, elementwise loops by the memory \
      traffic that arrays of their size allow.
      """)

  @OptionGroup var options: CommonOptions

  func run() throws {
    var reporter = options.reporter
    let team = ThreadTeam(count: 1)
    for kernel in ProductKernel.all where options.selects(kernel.name) {
      let measurement = options.schedule.measure(team, units: kernel.operations / 1e9, kernel.run)
      reporter.add(
        Report(
          kernel.name, threads: 1, unit: "GFLOP/s", measurement,
          share: measurement.shareOfPeak(operations: 1e9), limit: "peak FLOP/s"))
    }
    for kernel in ElementwiseKernel.all where options.selects(kernel.name) {
      let traffic = Peak.traffic(bytes: kernel.bytes)
      let measurement = options.schedule.measure(
        team, units: Double(kernel.count) / 1e6, kernel.run)
      let bytesPerElement = Double(kernel.bytes) / Double(kernel.count)
      reporter.add(
        Report(
          kernel.name, threads: 1, unit: "M/s", measurement,
          share: measurement.best * 1e6 * bytesPerElement / traffic, limit: "memory traffic"))
    }
    try reporter.finish()
  }
}
