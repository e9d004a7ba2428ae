import CCommit

/// This software, as it names itself in `svae --version`, in run folders and in CITATION.cff.
package enum Software {
  /// The commit that it was built from, "0123456789ab" or, where files were changed,
  /// "0123456789ab-dirty"; nil where the build was not told: `make build` tells it.
  package static let commit: String? = {
    let text = String(cString: svae_commit())
    return text.isEmpty ? nil : text
  }()

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
