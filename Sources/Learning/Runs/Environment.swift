import Compute
import Foundation

/// Where and when a run was made: `environment.json`.
package struct Environment: Codable {
  var version = Software.version
  var system = ProcessInfo.processInfo.operatingSystemVersionString
  var processors = ThreadTeam.processorCount
  var instructionSet = InstructionSet.current.description
  var blas = LinearAlgebra.library
  var threads: Int
  var started: String
  var seconds: Double

  package init(threads: Int, started: Date, seconds: Double) {
    self.threads = threads
    self.started = ISO8601DateFormatter().string(from: started)
    self.seconds = seconds
  }
}
