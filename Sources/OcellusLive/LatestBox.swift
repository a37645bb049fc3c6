// Hands the newest frame from the detection thread to one other thread. The giver never waits for the taker's work:
// what was not taken in time is overwritten.
import Foundation
import OcellusTensor

/// Two frames: one that is being written or waits, one that the taker works on.
final class LatestBox: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting = FrameCopy()
    private var working = FrameCopy()
    private var isFull = false
    private var isClosed = false

    /// Stores a frame, over the one that still waits. Holds the lock for the time of a copy.
    func offer(_ fill: (FrameCopy) throws(OcellusError) -> Void) throws(OcellusError) {
        condition.lock()
        defer { condition.unlock() }
        try fill(waiting)
        isFull = true
        condition.signal()
    }

    /// What `take` found.
    enum Taken {
        case frame(FrameCopy)
        case nothing
        case closed
    }

    /// The newest frame, valid until the next call; waits for it up to `seconds`. A frame that waits is given out also
    /// after `close`.
    func take(seconds: Double) -> Taken {
        condition.lock()
        defer { condition.unlock() }
        let limit = Date(timeIntervalSinceNow: seconds)
        while !isFull, !isClosed {
            if !condition.wait(until: limit) { return .nothing }
        }
        guard isFull else { return .closed }
        swap(&waiting, &working)
        isFull = false
        return .frame(working)
    }

    /// Lets the taker end.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
