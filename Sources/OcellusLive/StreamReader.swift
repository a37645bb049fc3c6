// The thread that empties a pipe, so that what is looked at is new and the writer is never held up (or, where every
// frame counts, is held up). Three slots: one is filled, one waits, one is looked at.
import Foundation
import OcellusTensor

/// Reads frames from a descriptor and keeps the newest. Not a decoder.
final class StreamReader: @unchecked Sendable {
    /// What is known when frames run out.
    enum End {
        case open
        case ended
        case failed(OcellusError)
    }

    private let descriptor: Int32
    private let name: String
    /// Bytes of a raw frame; nil for JPEG pictures.
    private let frameBytes: Int?
    private let keepsEveryFrame: Bool
    private let slots: [StreamSlot]
    /// Guards everything below.
    private let condition = NSCondition()
    private var waiting: Int?
    private var lookedAt: Int?
    private var skipped = 0
    private var end = End.open
    private var isStopped = false
    private var isRunning = true
    private var dropped = 0
    /// A byte in here wakes the thread.
    private var wake: [Int32] = [-1, -1]

    init(
        descriptor: Int32, name: String, frameBytes: Int?, keepsEveryFrame: Bool
    ) throws(OcellusError) {
        self.descriptor = descriptor
        self.name = name
        self.frameBytes = frameBytes
        self.keepsEveryFrame = keepsEveryFrame
        var slots: [StreamSlot] = []
        for _ in 0..<3 { slots.append(try StreamSlot(capacity: frameBytes ?? 1 << 16)) }
        self.slots = slots
        guard pipe(&wake) == 0 else {
            throw OcellusError(.io, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        let thread = Thread { [self] in run() }
        thread.name = "frames"
        thread.start()
    }

    deinit { wake.forEach { if $0 >= 0 { Foundation.close($0) } } }

    /// Pictures given up, so far.
    var droppedCount: Int { locked { dropped } }

    /// The newest frame within the time, and how many were skipped before it; what was handed out before is given back.
    func next(milliseconds: Int) -> (slot: StreamSlot?, skipped: Int, end: End) {
        condition.lock()
        defer { condition.unlock() }
        lookedAt = nil
        let limit = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        while waiting == nil, case .open = end {
            if !condition.wait(until: limit) { break }
        }
        guard let index = waiting else { return (nil, 0, end) }
        waiting = nil
        lookedAt = index
        // A recording's frame is not late because it had to wait for its turn.
        if keepsEveryFrame { slots[index].availableAt = LiveClock.now }
        let passed = skipped
        skipped = 0
        condition.broadcast()
        return (slots[index], passed, .open)
    }

    /// Ends the thread and waits for it.
    func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        _ = Foundation.write(wake[1], "x", 1)
        while isRunning { condition.wait() }
        condition.unlock()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    private func run() {
        let result: End
        do throws(OcellusError) {
            if let frameBytes { try readRaw(frameBytes) } else { try readPictures() }
            result = .ended
        } catch {
            result = .failed(error)
        }
        locked {
            end = result
            isRunning = false
            condition.broadcast()
        }
    }

    // MARK: The thread's own

    private func readRaw(_ frameBytes: Int) throws(OcellusError) {
        var number = 0
        while let index = free() {
            let slot = slots[index]
            var done = 0
            while done < frameBytes {
                guard let count = try read(slot.memory.pointer + done, frameBytes - done) else { return }
                if count == 0, done == 0 { return }
                guard count > 0 else {
                    throw OcellusError(
                        .invalidData,
                        "\(name) ended inside frame \(number), after \(done) of its \(frameBytes) bytes: are --size and "
                            + "--format those of the writer?")
                }
                done += count
            }
            slot.fill(frameBytes)
            publish(index, number)
            number += 1
        }
    }

    private func readPictures() throws(OcellusError) {
        let piece = try Buffer<UInt8>(count: 1 << 16)
        var splitter = JPEGSplitter()
        var number = 0
        var total = 0
        while let count = try read(piece.pointer, piece.count) {
            guard count > 0 else {
                if number == 0 {
                    throw OcellusError(
                        .invalidData,
                        "\(name): no whole JPEG picture in \(total) bytes: expected MJPEG; for other frames give --size "
                            + "and --format")
                }
                if splitter.isInside {
                    throw OcellusError(
                        .invalidData,
                        "\(name) ended inside frame \(number), after \(splitter.pendingCount) bytes of its JPEG")
                }
                return
            }
            total += count
            splitter.append(UnsafeRawBufferPointer(start: piece.pointer, count: count))
            while let index = free() {
                let slot = slots[index]
                let outcome = splitter.next { bytes in Result { () throws(OcellusError) in try slot.assign(bytes) } }
                guard let outcome else { break }
                try outcome.get()
                publish(index, number)
                number += 1
            }
            locked { dropped = splitter.dropped }
        }
    }

    /// A slot that nobody uses; nil once the reader is stopped.
    private func free() -> Int? {
        locked { isStopped ? nil : slots.indices.first { $0 != waiting && $0 != lookedAt } }
    }

    private func publish(_ index: Int, _ number: Int) {
        locked {
            while keepsEveryFrame, waiting != nil, !isStopped { condition.wait() }
            if waiting != nil { skipped += 1 }
            slots[index].number = number
            slots[index].availableAt = LiveClock.now
            waiting = index
            condition.broadcast()
        }
    }

    /// How many bytes came; 0 at the end, nil when the reader is to stop.
    private func read(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) throws(OcellusError) -> Int? {
        while true {
            var files = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake[0], events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&files, 2, -1)
            if files[1].revents != 0 || locked({ isStopped }) { return nil }
            let got = ready >= 0 ? Foundation.read(descriptor, target, count) : -1
            if got >= 0 { return got }
            guard errno == EINTR || errno == EAGAIN else {
                throw OcellusError(.io, "cannot read \(name): \(String(cString: strerror(errno)))")
            }
        }
    }
}
