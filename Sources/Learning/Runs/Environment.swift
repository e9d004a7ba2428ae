import Compute
import Foundation
import ImageData

/// Where and when a run was made: `environment.json`.
package struct Environment: Codable {
  var version = Software.version
  var commit = Software.commit
  var compiler = "Swift \(Software.compiler)"
  var command = CommandLine.arguments
  var host = hostName
  var system = ProcessInfo.processInfo.operatingSystemVersionString
  var processors = ThreadTeam.processorCount
  var instructionSet = InstructionSet.current.description
  var blas = LinearAlgebra.library
  var threads: Int
  var started: String
  var seconds: Double
  var data: DataFingerprint

  init(threads: Int, started: Date, seconds: Double, data origin: DataOrigin) {
    data = DataFingerprint(origin)
    self.threads = threads
    self.started = started.ISO8601Format()
    self.seconds = seconds
  }

  private static var hostName: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "" }
    return withUnsafeBytes(of: name.nodename) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
