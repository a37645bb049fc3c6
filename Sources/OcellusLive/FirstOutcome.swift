// What a task found out, told once to whoever waits: a thread or another task.
import Synchronization

/// Set once; what comes later is dropped.
final class FirstOutcome: Sendable {
    /// A port, or why there is none.
    enum Outcome: Sendable {
        case success(UInt16)
        case failure(String)
    }

    private let isSet = Atomic<Bool>(false)
    private let tell: @Sendable (Outcome) -> Void

    init(_ tell: @escaping @Sendable (Outcome) -> Void) { self.tell = tell }

    func set(_ outcome: Outcome) {
        if !isSet.exchange(true, ordering: .sequentiallyConsistent) { tell(outcome) }
    }
}
