// What stands behind an `ocellus_trainer *`.
import COcellusTraining
import OcellusBoundary
import OcellusTensor
import OcellusTraining
import Synchronization

/// A trainer that serves one call at a time.
final class Session: Handled {
    static var mark: UInt64 { 0x6F63_7472_6169_6E01 }
    static var noun: StaticString { "trainer" }

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
    let status = attempt { session = try Handle<Session>.object(pointer) }
    guard let session, status == .success else { return status }
    guard session.begin() else {
        return fail(.busy, "the trainer is at work: wait for it, or cancel it with ocellus_trainer_cancel()")
    }
    defer { session.end() }
    return attempt { try work(session.trainer) }
}
