// Texts kept in the folder Snapshots, compared exactly. OCELLUS_UPDATE_SNAPSHOTS=1 writes them anew: read the
// difference before it is committed.
import Foundation
import Testing

enum Snapshot {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots")

    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["OCELLUS_UPDATE_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let kept = (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text == kept, "differs from Snapshots/\(name).txt; OCELLUS_UPDATE_SNAPSHOTS=1 writes it anew",
            sourceLocation: sourceLocation)
    }

    /// Times, and the names of the machine's kernels, are not the same everywhere.
    static func withoutMachine(_ text: String) -> String {
        text.replacing(/AVX-512 VNNI|AVX-512|AVX2\+FMA|NEON SDOT|NEON I8MM|NEON|scalar/, with: "KERNELS")
            .replacing(/\d+\.\d ms/, with: "TIME ms")
    }
}
