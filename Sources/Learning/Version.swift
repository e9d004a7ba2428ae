/// This software, as it names itself in `svae --version`, in run folders and in CITATION.cff.
package enum Software {
  /// The version, `major.minor.patch`; CHANGELOG.md says what came with it.
  package static let version = "0.1.0"

  /// The compiler's version.
  package static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }
}
