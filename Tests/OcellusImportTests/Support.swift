// Where fixtures and real files lie, and comparison with what the reference libraries read.
import Foundation
import OcellusNetwork
import OcellusTensor
import Testing

@testable import OcellusImport

/// The folder of this file, whatever the working directory of the tests.
private let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

func fixture(_ name: String) -> String { here.appendingPathComponent("Fixtures/\(name)").path }

func fixtureBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture(name))))
}

/// Other people's model files: `$OCELLUS_SHARED/models`, or `shared/models` beside the repository.
func sharedModel(_ name: String) -> String {
    let folder =
        ProcessInfo.processInfo.environment["OCELLUS_SHARED"].map { URL(fileURLWithPath: $0) }
        ?? here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared")
    return folder.appendingPathComponent("models/\(name)").path
}

func hasSharedModel(_ name: String) -> Bool { FileManager.default.isReadableFile(atPath: sharedModel(name)) }

func contents<Element>(_ buffer: Buffer<Element>) -> [Element] {
    withExtendedLifetime(buffer) { Array(buffer.elements) }
}

func read(_ bytes: [UInt8]) throws(OcellusError) -> ImportedFile {
    let buffer = try Buffer<UInt8>(bytes)
    defer { withExtendedLifetime(buffer) {} }
    return try ImportSource.read(bytes: UnsafeBufferPointer(buffer.elements), origin: "test")
}

/// The message of the error that reading ends in; empty when there is none.
func failure(_ bytes: [UInt8]) -> String {
    do throws(OcellusError) {
        _ = try read(bytes)
        return ""
    } catch { return error.message }
}

func expectEqual(_ tensors: [ImportedTensor], _ goldens: [Golden]) {
    #expect(tensors.map(\.name) == goldens.map(\.name))
    for (tensor, golden) in zip(tensors, goldens) {
        #expect(tensor.dimensions == golden.dimensions, "\(golden.name)")
        #expect(contents(tensor.values) == golden.values, "\(golden.name)")
    }
}

/// Parts one after another, numbers as little-endian bytes: for files that no library would write.
func bytes(_ parts: Any...) -> [UInt8] {
    parts.flatMap { part -> [UInt8] in
        switch part {
        case let text as String: Array(text.utf8)
        case let byte as UInt8: [byte]
        case let number as UInt16: withUnsafeBytes(of: number.littleEndian) { Array($0) }
        case let number as UInt32: withUnsafeBytes(of: number.littleEndian) { Array($0) }
        case let number as UInt64: withUnsafeBytes(of: number.littleEndian) { Array($0) }
        case let more as [UInt8]: more
        default: preconditionFailure("a part of an unknown type")
        }
    }
}
