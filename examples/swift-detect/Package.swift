// swift-tools-version: 6.2
// A Swift program that uses the library as a package. Outside of this repository the dependency is its address:
//   .package(url: "…/ocellus", from: "0.1.0")
import PackageDescription

let package = Package(
    name: "swift-detect",
    dependencies: [.package(name: "Ocellus", path: "../..")],
    targets: [
        .executableTarget(name: "detect", dependencies: [.product(name: "Ocellus", package: "Ocellus")])
    ])
