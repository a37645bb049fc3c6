// swift-tools-version: 6.2
// Two modes from one manifest. Ordinary: everything, for the command, the tests and Swift users.
// OCELLUS_EMBEDDED=1: only what libocellus contains, as Embedded Swift (no runtime, no Foundation).
import PackageDescription

let embedded = Context.environment["OCELLUS_EMBEDDED"] != nil
/// `make check` builds with OCELLUS_STRICT=1: every warning in our own code is an error.
let strict = Context.environment["OCELLUS_STRICT"] != nil

let swiftSettings: [SwiftSetting] =
    (embedded ? [.enableExperimentalFeature("Embedded")] : [])
    + (strict ? [.treatAllWarnings(as: .error)] : [])
/// Another face model for the library than Models/face/face.safetensors: the path of a model file, or "none".
let faceModel: [CSetting] =
    switch Context.environment["OCELLUS_FACE_MODEL"] {
    case nil: []
    case "none": [.define("OCELLUS_WITHOUT_FACE_MODEL")]
    case let path?: [.define("OCELLUS_FACE_MODEL", to: "\"\(path)\"")]
    }
let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

/// A layer of the house: its folder in Sources, and the layers it may import.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

// What libocellus contains: all of it keeps to the Embedded subset.
var targets: [Target] = [
    .target(name: "CKernels", cSettings: cSettings),
    .target(name: "CSystem", cSettings: cSettings, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CFaceModel", cSettings: cSettings + faceModel),
    .systemLibrary(name: "COcellus", path: "include"),
    layer("OcellusTensor", ["CKernels", "CSystem"]),
    layer("OcellusImage", ["OcellusTensor", "CKernels"]),
    .target(name: "CCamera", cSettings: cSettings),
    layer("OcellusCamera", ["OcellusImage", "CCamera"]),
    layer("OcellusNetwork", ["OcellusTensor"]),
    layer("OcellusDetection", ["OcellusTensor", "CKernels"]),
    layer("OcellusQuantization", ["OcellusNetwork"]),
    layer("OcellusModels", ["OcellusQuantization", "OcellusDetection", "OcellusImage"]),
    layer("Ocellus", ["OcellusModels", "OcellusCamera", "CFaceModel"]),
    layer("OcellusBoundary", ["OcellusImage", "CSystem", "COcellus"]),
    layer("OcellusC", ["Ocellus", "OcellusBoundary", "COcellus"]),
]
var products: [Product] = [.library(name: "OcellusC", type: .static, targets: ["OcellusC"])]
var dependencies: [Package.Dependency] = []

if !embedded {
    dependencies = [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ]
    products += [
        .library(name: "Ocellus", targets: ["Ocellus"]),
        .library(name: "OcellusTrainingC", type: .static, targets: ["OcellusTrainingC"]),
        .executable(name: "ocellus", targets: ["OcellusCommand"]),
    ]
    targets += [
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CPictureFiles", dependencies: ["CJPEG", "CPNG"], cSettings: cSettings),
        layer("OcellusFiles", ["OcellusImage", "CPictureFiles"]),
        layer("OcellusImport", ["OcellusModels"]),
        layer("OcellusExport", ["OcellusModels"]),
        layer("OcellusDrawing", ["OcellusImage", "OcellusDetection"]),
        // Training and evaluation. Inference never needs them.
        .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CTrainingKernels", cSettings: cSettings),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .target(name: "CDataKernels", cSettings: cSettings, linkerSettings: [.linkedLibrary("m")]),
        layer("OcellusData", ["OcellusDetection", "OcellusFiles", "OcellusDrawing", "CDataKernels", "CExpat"]),
        layer("OcellusEvaluation", ["Ocellus", "OcellusData"]),
        layer(
            "OcellusTraining", ["Ocellus", "OcellusEvaluation", "OcellusDrawing", "CBLAS", "CTrainingKernels", "CZlib"]),
        layer("OcellusTrainingC", ["OcellusTraining", "OcellusBoundary", "COcellus"]),
        // A camera's frames, watched: tracks, statistics, the preview page, recording.
        layer(
            "OcellusLive",
            [
                "Ocellus", "OcellusCamera", "OcellusDrawing", "OcellusFiles", "OcellusData",
                .product(name: "FlyingFox", package: "FlyingFox"), .product(name: "FlyingSocks", package: "FlyingFox"),
            ]),
        .executableTarget(
            name: "OcellusCommand",
            dependencies: [
                "Ocellus", "OcellusFiles", "OcellusImport", "OcellusExport", "OcellusDrawing", "OcellusData",
                "OcellusEvaluation", "OcellusTraining", "OcellusLive", "OcellusCamera",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swiftSettings),
    ]
    // One test target a layer; CommandTests and LibraryTests run what was built as a user would.
    func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
        .testTarget(
            name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: swiftSettings)
    }
    targets += [
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount", cSettings: cSettings),
        .target(
            name: "TestSupport", dependencies: ["OcellusModels", "CAllocationCount"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        tests("OcellusTensorTests", ["OcellusTensor"]),
        tests("OcellusImageTests", ["OcellusImage", "CKernels"], exclude: ["Fixtures"]),
        tests("OcellusCameraTests", ["OcellusCamera", "OcellusFiles"]),
        tests("OcellusNetworkTests", ["OcellusNetwork"]),
        tests("OcellusDetectionTests", ["OcellusDetection"], exclude: ["Fixtures"]),
        tests("OcellusModelsTests", ["OcellusModels"]),
        tests("OcellusImportTests", ["OcellusImport"], exclude: ["Fixtures"]),
        tests("OcellusExportTests", ["OcellusExport"]),
        tests("OcellusQuantizationTests", ["OcellusQuantization", "Ocellus", "OcellusImport", "OcellusFiles"]),
        tests("OcellusFilesTests", ["OcellusFiles"], exclude: ["Fixtures"]),
        tests("OcellusDrawingTests", ["OcellusDrawing", "OcellusFiles"], exclude: ["scene.fnv1a.txt"]),
        tests("OcellusDataTests", ["OcellusData", "CDataKernels"]),
        tests("OcellusEvaluationTests", ["OcellusEvaluation"], exclude: ["Fixtures"]),
        tests(
            "OcellusTrainingTests", ["OcellusTraining", "OcellusFiles", "OcellusImport", "CTrainingKernels"],
            exclude: ["Fixtures"]),
        tests("OcellusLiveTests", ["OcellusLive", "OcellusCamera", "OcellusFiles", "OcellusData"]),
        tests("OcellusTests", ["Ocellus", "OcellusFiles", "OcellusImport"], exclude: ["Fixtures"]),
        tests("CommandTests", ["Ocellus", "OcellusModels", "OcellusFiles", "OcellusCommand"], exclude: ["Snapshots"]),
        tests("LibraryTests", ["Ocellus", "OcellusDetection", "OcellusFiles", "OcellusImport"], exclude: ["Programs"]),
    ]
}

let package = Package(
    name: "Ocellus", products: products, dependencies: dependencies, targets: targets)
