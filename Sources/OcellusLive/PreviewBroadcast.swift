// Who looks at the stream, and the newest picture for each of them. Whoever is slow misses pictures; nobody waits.
import Foundation
import Synchronization

/// A list of watchers of bounded length. Any thread.
final class PreviewBroadcast: Sendable {
    private struct State {
        var watchers: [Int: AsyncStream<PreviewPicture>.Continuation] = [:]
        var next = 0
    }

    /// Most watchers at a time.
    let limit: Int
    private let state = Mutex(State())
    private let count = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Whether a picture would be seen. Cheap enough to ask for each frame.
    var isWatched: Bool { count.load(ordering: .relaxed) > 0 }

    /// How many watch.
    var watcherCount: Int { count.load(ordering: .relaxed) }

    /// Pictures from now on, the newest one kept; nil when there are too many watchers. Whoever lets go of the stream
    /// is taken off the list.
    func watch() -> AsyncStream<PreviewPicture>? {
        state.withLock { state in
            guard state.watchers.count < limit else { return nil }
            let key = state.next
            state.next += 1
            let (stream, continuation) = AsyncStream.makeStream(
                of: PreviewPicture.self, bufferingPolicy: .bufferingNewest(1))
            continuation.onTermination = { [weak self] _ in self?.remove(key) }
            state.watchers[key] = continuation
            count.store(state.watchers.count, ordering: .relaxed)
            return stream
        }
    }

    func send(_ picture: PreviewPicture) {
        // Outside the lock: a continuation may end and call `remove`.
        for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.yield(picture) }
    }

    /// Ends all streams.
    func finish() {
        for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.finish() }
    }

    private func remove(_ key: Int) {
        state.withLock { state in
            state.watchers[key] = nil
            count.store(state.watchers.count, ordering: .relaxed)
        }
    }
}
