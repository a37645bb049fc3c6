// A thread waits for what a task found out: the first answer counts.
import Dispatch
import Synchronization

/// Set once, waited for once.
final class FirstOutcome: Sendable {
    /// A port, or why there is none.
    enum Outcome: Sendable {
        case success(UInt16)
        case failure(String)
    }

    private let value = Mutex<Outcome?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    func set(_ outcome: Outcome) {
        let isFirst = value.withLock { value in
            defer { value = value ?? outcome }
            return value == nil
        }
        if isFirst { ready.signal() }
    }

    func wait() -> Outcome {
        ready.wait()
        return value.withLock { $0 ?? .failure("no answer") }
    }
}
