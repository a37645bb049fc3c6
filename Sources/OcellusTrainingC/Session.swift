// What an `ocellus_trainer *` points to: a mark that tells a live trainer from anything else, and the trainer behind.
import COcellusTraining
import CSystem
import OcellusTensor
import OcellusTraining
import Synchronization

/// A trainer that serves one call at a time.
final class Session {
    let trainer: Trainer
    private let working = Atomic<Bool>(false)

    init(_ trainer: Trainer) { self.trainer = trainer }

    /// Whether the caller may work with the trainer now; `end` must follow when it may.
    func begin() -> Bool { !working.exchange(true, ordering: .acquiring) }

    func end() { working.store(false, ordering: .releasing) }
}

/// Runs `work` on the trainer behind `pointer` unless it is at work already.
func withTrainer(_ pointer: OpaquePointer?, _ work: (Trainer) throws -> Void) -> ocellus_status {
    var session: Session?
    let status = attempt { session = try Handle.session(pointer) }
    guard let session, status == .success else { return status }
    guard session.begin() else {
        return fail(.busy, "the trainer is at work: wait for it, or cancel it with ocellus_trainer_cancel()")
    }
    defer { session.end() }
    return attempt { try work(session.trainer) }
}

/// The memory behind the opaque pointer. Its alignment is larger than malloc gives, which most foreign pointers fail.
struct Handle {
    private static let alignment = 64
    private static let live: UInt64 = 0x6F63_7472_6169_6E01
    private static let destroyed: UInt64 = 0x6F63_7472_6169_6EFF

    private var mark: UInt64
    private let session: Unmanaged<Session>

    /// A new handle that owns `session`.
    static func make(_ session: Session) throws(OcellusError) -> OpaquePointer {
        guard let memory = ocs_allocate(MemoryLayout<Handle>.size, alignment) else {
            throw OcellusError(.outOfMemory, "no memory for a trainer")
        }
        let handle = memory.bindMemory(to: Handle.self, capacity: 1)
        handle.initialize(to: Handle(mark: live, session: Unmanaged.passRetained(session)))
        return OpaquePointer(handle)
    }

    /// The session behind `pointer`, or `.invalidArgument` when it is visibly no live trainer.
    static func session(_ pointer: OpaquePointer?) throws(OcellusError) -> Session {
        guard let pointer else { throw OcellusError(.invalidArgument, "`trainer` is NULL") }
        let handle = UnsafePointer<Handle>(pointer)
        guard UInt(bitPattern: pointer) % UInt(alignment) == 0, handle.pointee.mark == live else {
            throw OcellusError(
                .invalidArgument, "`trainer` is no trainer, or one that has been destroyed: create one first")
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
