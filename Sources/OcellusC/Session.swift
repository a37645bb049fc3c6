// What stands behind an `ocellus_detector *`.
import COcellus
import CSystem
import Ocellus
import OcellusBoundary
import OcellusModels
import OcellusTensor
import Synchronization

/// A detector with the texts that C programs may keep pointers to.
final class Session: Handled {
    static var mark: UInt64 { 0x6F63_656C_6C75_7301 }
    static var noun: StaticString { "detector" }

    let detector: Detector
    /// The classes' names as C text, by label.
    private let labels: [UnsafeMutablePointer<CChar>]
    let kernels: UnsafeMutablePointer<CChar>
    private let working = Atomic<Bool>(false)

    // A designated initialiser that throws would leak the object: Embedded Swift 6.3 does not free what was begun.
    convenience init(_ detector: Detector) throws(OcellusError) {
        var texts: [UnsafeMutablePointer<CChar>] = []
        do throws(OcellusError) {
            texts.append(try makeText(detector.description.precision.name + ", " + detector.network.kernels))
            texts.append(try makeText("background"))
            for label in 0..<detector.description.labels.count {
                texts.append(try makeText(detector.description.label(label + 1)))
            }
        } catch {
            for text in texts { ocs_free(text) }
            throw error
        }
        self.init(detector, kernels: texts.removeFirst(), labels: texts)
    }

    private init(
        _ detector: Detector, kernels: UnsafeMutablePointer<CChar>, labels: [UnsafeMutablePointer<CChar>]
    ) {
        self.detector = detector
        self.kernels = kernels
        self.labels = labels
    }

    deinit {
        for text in labels { ocs_free(text) }
        ocs_free(kernels)
    }

    var labelCount: Int { labels.count }

    func label(_ index: Int32) -> UnsafePointer<CChar>? {
        index >= 0 && Int(index) < labels.count ? UnsafePointer(labels[Int(index)]) : nil
    }

    /// Whether the caller may work with the detector now; `end` must follow when it may.
    func begin() -> Bool { !working.exchange(true, ordering: .acquiring) }

    func end() { working.store(false, ordering: .releasing) }
}

/// A copy of `text` as C text, from `ocs_allocate`. A zero byte inside ends it early.
func makeText(_ text: String) throws(OcellusError) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8
    guard let memory = ocs_allocate(bytes.count + 1, 8) else {
        throw OcellusError(.outOfMemory, "no memory for a label of \(bytes.count) bytes")
    }
    let result = memory.bindMemory(to: CChar.self, capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { result[index] = CChar(bitPattern: byte) }
    return result
}
