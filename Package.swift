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

/// For tests whose own arithmetic is little: to optimise them would take longer than they run.
let quick: [SwiftSetting] = [.unsafeFlags(["-Onone"])]

/// For modules that leave the arithmetic to others: optimised, but where tests are built.
let light = Context.environment["SVAE_TESTS"] == nil ? [] : quick

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
        "SparseCoding", "Distributions", "Filters", "Compute", "Settings",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: light),

    // Studies of many runs, and the pages that show runs and studies.
    .target(
      name: "Studies",
      dependencies: [
        "Learning", "Figures", "Evaluation", "Filters", "ImageData", "Compute", "Files",
        "Settings", .product(name: "Yams", package: "Yams"),
      ],
      resources: [.embedInCode("Study/Resources"), .embedInCode("Report/Resources")],
      swiftSettings: light),

    // Models to and from other software.
    .target(
      name: "Exchange",
      dependencies: [
        "Learning", "Evaluation", "LatentVariableModels", "Distributions", "ImageData", "Compute",
        "Files", .product(name: "Yams", package: "Yams"),
      ], swiftSettings: light),

    // Ways to learn filters, what a run of any of them is, measures and uses of what was learned.
    .target(
      name: "Learning",
      dependencies: [
        "Figures", "Evaluation", "LatentVariableModels", "SparseCoding", "Distributions", "Filters",
        "ImageData", "Compute", "Files", "Settings", realModule,
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: light),

    // What is drawn and measured.
    .target(
      name: "Figures", dependencies: ["Compute", "Files", "CCairo", realModule],
      swiftSettings: light),
    .target(name: "Evaluation", dependencies: ["Distributions", "Compute", realModule]),

    // The models.
    .target(
      name: "LatentVariableModels",
      dependencies: ["Distributions", "Filters", "Compute", realModule]),
    .target(
      name: "SparseCoding", dependencies: ["Distributions", "Filters", "Compute", realModule]),

    // What models are made of.
    .target(name: "Distributions", dependencies: ["Compute", realModule]),
    .target(name: "Filters", dependencies: ["Compute", realModule]),

    // The data.
    .target(
      name: "ImageData",
      dependencies: [
        "Compute", "Files", "Settings", "CTurboJPEG", "CPNG", "CTIFF", "CMatio", "CArchive",
        "CZlib", "CFFTW", realModule,
      ],
      resources: [.embedInCode("Fetching/data-sets.json")]),

    // What can be configured, one table for each configuration.
    .target(name: "Settings", swiftSettings: light),

    // Files that are written whole or not at all.
    .target(name: "Files", swiftSettings: light),

    // The arithmetic.
    .target(
      name: "Compute", dependencies: ["CKernels", realModule] + blas, linkerSettings: blasLinker),
    .target(name: "CKernels"),

    // Libraries of the system.
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CTIFF", pkgConfig: "libtiff-4",
      providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(
      name: "CMatio", pkgConfig: "matio",
      providers: [.apt(["libmatio-dev"]), .brew(["libmatio"])]),
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
      name: "TestSupport", dependencies: ["Compute", "CKernels"], path: "Tests/TestSupport"),
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: quick),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"], swiftSettings: quick),
    .target(name: "KernelHashes", dependencies: ["CKernels"], path: "Tests/KernelHashes"),
    .testTarget(
      name: "ComputeTests",
      dependencies: ["Compute", "CKernels", "KernelHashes", "TestSupport", realModule]),
    .testTarget(
      name: "ImageDataTests", dependencies: ["ImageData", "TestSupport", "CTurboJPEG"],
      resources: [.copy("Reference")], swiftSettings: quick),
    .testTarget(
      name: "LatentVariableModelsTests",
      dependencies: ["LatentVariableModels", "TestSupport", realModule],
      resources: [.copy("Reference")], swiftSettings: quick),
    .testTarget(
      name: "SparseCodingTests", dependencies: ["SparseCoding", "TestSupport", realModule],
      resources: [.copy("Reference")]),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport", realModule],
      resources: [.copy("Reference")]),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "Studies", "Exchange", "TestSupport"],
      swiftSettings: quick),
    .testTarget(
      name: "CommandTests", dependencies: ["svae", "TestSupport"],
      resources: [.copy("Reference")], swiftSettings: quick),
    .testTarget(
      name: "FiguresTests", dependencies: ["Figures", "TestSupport", "CCairo"], swiftSettings: quick
    ),
  ]
)
