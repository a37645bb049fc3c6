// What an `ocellus_detector *` points to: a mark that tells a live detector from anything else, and the objects behind.
import COcellus
import CSystem
import Ocellus
import OcellusModels
import OcellusTensor
import Synchronization

/// A detector with the texts that C programs may keep pointers to.
final class Session {
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

/// The memory behind the opaque pointer. Its alignment is larger than malloc gives, which most foreign pointers fail.
struct Handle {
    private static let alignment = 64
    private static let live: UInt64 = 0x6F63_656C_6C75_7301
    private static let destroyed: UInt64 = 0x6F63_656C_6C75_73FF

    private var mark: UInt64
    private let session: Unmanaged<Session>

    /// A new handle that owns `session`.
    static func make(_ session: Session) throws(OcellusError) -> OpaquePointer {
        guard let memory = ocs_allocate(MemoryLayout<Handle>.size, alignment) else {
            throw OcellusError(.outOfMemory, "no memory for a detector")
        }
        let handle = memory.bindMemory(to: Handle.self, capacity: 1)
        handle.initialize(to: Handle(mark: live, session: Unmanaged.passRetained(session)))
        return OpaquePointer(handle)
    }

    /// The session behind `pointer`, or `.invalidArgument` when it is visibly no live detector.
    static func session(_ pointer: OpaquePointer?) throws(OcellusError) -> Session {
        guard let pointer else { throw OcellusError(.invalidArgument, "`detector` is NULL") }
        let handle = UnsafePointer<Handle>(pointer)
        guard UInt(bitPattern: pointer) % UInt(alignment) == 0, handle.pointee.mark == live else {
            throw OcellusError(
                .invalidArgument, "`detector` is no detector, or one that has been destroyed: create one first")
        }
        return handle.pointee.session.takeUnretainedValue()
    }

    /// Frees the handle and lets go of its session. `pointer` was accepted by `session`.
    static func destroy(_ pointer: OpaquePointer) {
        let handle = UnsafeMutablePointer<Handle>(pointer)
        handle.pointee.mark = destroyed
        handle.pointee.session.release()
        ocs_free(handle)
    }
}

/// A copy of `text` as C text, from `ocs_allocate`. A zero byte inside ends it early.
private func makeText(_ text: String) throws(OcellusError) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8
    guard let memory = ocs_allocate(bytes.count + 1, 8) else {
        throw OcellusError(.outOfMemory, "no memory for a label of \(bytes.count) bytes")
    }
    let result = memory.bindMemory(to: CChar.self, capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { result[index] = CChar(bitPattern: byte) }
    return result
}
