// swift-tools-version: 6.1
import PackageDescription

#if os(macOS)
  let blas: [Target.Dependency] = []
  let blasLinker: [LinkerSetting] = [.linkedFramework("Accelerate")]
#else
  let blas: [Target.Dependency] = ["CBLAS"]
  let blasLinker: [LinkerSetting] = []
#endif

/// exp, log and their kin, as the C library computes them.
let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

/// For modules that compute. Where tests are built, all else is left unoptimised by `make test`: to
/// optimise it would take longer than it runs.
let computes: [SwiftSetting] =
  Context.environment["SVAE_TESTS"] == nil ? [] : [.unsafeFlags(["-Xfrontend", "-O"])]

/// The commit that is built, where the environment says it, as `make build` does: one C file is compiled
/// again for another commit.
let commit: [CSetting] =
  Context.environment["SVAE_COMMIT"].map { [.define("SVAE_COMMIT", to: $0)] } ?? []

/// Gives every reader damaged files: `make fuzz`.
let fuzz: [Target] =
  Context.environment["SVAE_TESTS"] == nil
  ? []
  : [
    .executableTarget(
      name: "svae-fuzz",
      dependencies: ["ImageData", "Learning", "Studies", "Compute", "MadeFiles"],
      path: "Tests/Fuzz")
  ]

let package = Package(
  name: "swift-svae",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Compute", targets: ["Compute"]),
    .library(name: "ImageData", targets: ["ImageData"]),
    .library(name: "Distributions", targets: ["Distributions"]),
    .library(name: "Filters", targets: ["Filters"]),
    .library(name: "LatentVariableModels", targets: ["LatentVariableModels"]),
    .library(name: "SparseCoding", targets: ["SparseCoding"]),
    .library(name: "Evaluation", targets: ["Evaluation"]),
    .library(name: "Figures", targets: ["Figures"]),
    .library(name: "Learning", targets: ["Learning"]),
    .library(name: "Studies", targets: ["Studies"]),
    .library(name: "Exchange", targets: ["Exchange"]),
    .library(name: "Settings", targets: ["Settings"]),
    .executable(name: "svae", targets: ["svae"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    // The command line: parses, calls, prints.
    .executableTarget(
      name: "svae",
      dependencies: [
        "Studies", "Exchange", "Learning", "Figures", "Evaluation", "ImageData",
        "LatentVariableModels",
        "SparseCoding", "Distributions", "Filters", "Compute", "Files", "Settings",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Studies of many runs, and the pages that show runs and studies.
    .target(
      name: "Studies",
      dependencies: [
        "Learning", "Figures", "Evaluation", "Filters", "ImageData", "Compute", "Files",
        "Settings", .product(name: "Yams", package: "Yams"),
      ],
      resources: [.embedInCode("Study/Resources"), .embedInCode("Report/Resources")]),

    // Models to and from other software.
    .target(
      name: "Exchange",
      dependencies: [
        "Learning", "Evaluation", "LatentVariableModels", "Distributions", "ImageData", "Compute",
        "Files", .product(name: "Yams", package: "Yams"),
      ]),

    // Ways to learn filters, what a run of any of them is, measures and uses of what was learned.
    .target(
      name: "Learning",
      dependencies: [
        "Figures", "Evaluation", "LatentVariableModels", "SparseCoding", "Distributions", "Filters",
        "ImageData", "Compute", "Files", "Settings", "CCommit", realModule,
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(name: "CCommit", cSettings: commit),

    // What is drawn and measured.
    .target(name: "Figures", dependencies: ["Compute", "Files", "CCairo", realModule]),
    .target(
      name: "Evaluation", dependencies: ["Distributions", "Compute", realModule],
      swiftSettings: computes),

    // The models.
    .target(
      name: "LatentVariableModels",
      dependencies: ["Distributions", "Filters", "Compute", realModule], swiftSettings: computes),
    .target(
      name: "SparseCoding", dependencies: ["Distributions", "Filters", "Compute", realModule],
      swiftSettings: computes),

    // What models are made of.
    .target(
      name: "Distributions", dependencies: ["Compute", realModule], swiftSettings: computes),
    .target(name: "Filters", dependencies: ["Compute", realModule], swiftSettings: computes),

    // The data.
    .target(
      name: "ImageData",
      dependencies: [
        "Compute", "Files", "Settings", "CJPEG", "CPNG", "CTIFF", "CWebP", "CMatio",
        "CHDF5", "CArchive", "CZlib", "CFFTW", realModule,
      ],
      resources: [.embedInCode("Fetching/data-sets.json")], swiftSettings: computes),

    // What can be configured, one table for each configuration.
    .target(name: "Settings"),

    // Files that are written whole or not at all.
    .target(name: "Files"),

    // The arithmetic.
    .target(
      name: "Compute", dependencies: ["CKernels", realModule] + blas, swiftSettings: computes,
      linkerSettings: blasLinker),
    .target(name: "CKernels"),

    // Libraries of the system.
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CTIFF", pkgConfig: "libtiff-4",
      providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(
      name: "CWebP", pkgConfig: "libwebp",
      providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(
      name: "CMatio", pkgConfig: "matio",
      providers: [.apt(["libmatio-dev"]), .brew(["libmatio"])]),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),

    // Tests: one target each, and what they share.
    .target(
      name: "TestSupport", dependencies: ["Compute", "CKernels"], path: "Tests/TestSupport",
      swiftSettings: computes),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"]),
    .target(name: "KernelHashes", dependencies: ["CKernels"], path: "Tests/KernelHashes"),
    .testTarget(
      name: "ComputeTests",
      dependencies: ["Compute", "CKernels", "KernelHashes", "TestSupport", realModule],
      swiftSettings: computes),
    .target(name: "MadeFiles", path: "Tests/MadeFiles"),
    .testTarget(
      name: "ImageDataTests", dependencies: ["ImageData", "TestSupport", "MadeFiles"],
      resources: [.copy("Reference")]),
    .testTarget(
      name: "LatentVariableModelsTests",
      dependencies: ["LatentVariableModels", "TestSupport", realModule],
      resources: [.copy("Reference")]),
    .testTarget(
      name: "SparseCodingTests", dependencies: ["SparseCoding", "TestSupport", realModule],
      resources: [.copy("Reference")], swiftSettings: computes),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport", realModule],
      resources: [.copy("Reference")], swiftSettings: computes),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "Studies", "Exchange", "TestSupport"]),
    .testTarget(
      name: "CommandTests", dependencies: ["svae", "TestSupport"],
      resources: [.copy("Reference")]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "TestSupport", "CCairo"]),
  ] + fuzz
)
