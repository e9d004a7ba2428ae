/// This software, as it names itself in `svae --version`, in run folders and in CITATION.cff.
package enum Software {
  /// The version, `major.minor.patch`; CHANGELOG.md says what came with it.
  package static let version = "0.1.0"
}
