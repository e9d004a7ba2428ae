// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that users of swift-svae never build or resolve it.
let package = Package(
  name: "svae-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-svae", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .executableTarget(
      name: "svae-bench",
      dependencies: [
        "CPeak",
        .product(name: "Compute", package: "swift-svae"),
        .product(name: "Distributions", package: "swift-svae"),
        .product(name: "Evaluation", package: "swift-svae"),
        .product(name: "Filters", package: "swift-svae"),
        .product(name: "ImageData", package: "swift-svae"),
        .product(name: "SparseCoding", package: "swift-svae"),
        .product(name: "LatentVariableModels", package: "swift-svae"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // What the processor can do at most: multiply-adds and memory traffic.
    .target(name: "CPeak"),
  ]
)
