// A V4L2 camera that streams: the newest frame, whenever one is asked for. How it is lost and found again stands in
// Camera+Recovery.swift.
import CCamera
import OcellusTensor

/// A camera that is streaming. One thread at a time, except `interrupt`.
public final class Camera {
    /// The path of the node in use; another one than was asked for after the camera came back under another number.
    public internal(set) var path: String
    /// The camera's name as its driver gives it.
    public let card: String
    /// What was agreed on. May change when the camera is reopened.
    public internal(set) var format: FrameFormat
    /// What was agreed on; 0 when the driver does not say.
    public internal(set) var framesPerSecond: Double
    public internal(set) var state = CameraState.streaming
    public internal(set) var statistics = CameraStatistics()
    /// Why the last attempt to open a lost camera again failed; nil when there was none yet.
    public internal(set) var reopeningFailure: String?

    /// What happens when the camera is lost.
    public var lossPolicy: CameraOptions.LossPolicy { options.lossPolicy }

    let options: CameraOptions
    let system: CameraSystem
    let identity: occ_capability
    /// The path that was asked for.
    let wantedPath: String
    let waker: Int32
    var stream: Stream?
    /// When frames were last known to come: the silence is counted from here.
    var quietSince: UInt64
    var attempt = ReopeningAttempt()
    private var lastSequence: UInt32?
    private var hasDelivered = false

    /// Opens the camera at `path` and starts it; nil: the first one of the system that gives pictures.
    ///
    /// Throws `.io` when there is no such device (the message lists those there are), permission is missing (it names
    /// the group), or the device is in use; `.unsupported` for a node that gives no pictures, such as metadata or raw
    /// Bayer sensors; `.invalidArgument` for options out of range.
    public convenience init(
        path: String? = nil, options: CameraOptions = CameraOptions(), system: CameraSystem = .linux
    ) throws(OcellusError) {
        try options.check()
        let wanted: String
        if let path { wanted = path } else { wanted = try Camera.firstPath(system) }
        let device = try Camera.openCapturing(wanted, system)
        let identity = device.capability
        let stream = try Stream.start(device, options)
        let waker = occ_waker_open()
        guard waker >= 0 else {
            throw OcellusError(.io, "cannot make an event descriptor: \(systemText(-waker))")
        }
        self.init(wanted, identity, options, system, waker, stream)
    }

    private init(
        _ path: String, _ identity: occ_capability, _ options: CameraOptions, _ system: CameraSystem, _ waker: Int32,
        _ stream: Stream
    ) {
        self.path = path
        wantedPath = path
        card = text(identity.card)
        self.identity = identity
        self.options = options
        self.system = system
        self.waker = waker
        self.stream = stream
        format = stream.format
        framesPerSecond = stream.framesPerSecond
        quietSince = system.now
    }

    deinit {
        stream?.stop()
        occ_waker_close(waker)
    }

    /// The newest frame, waiting for one at most `timeoutMilliseconds` (negative: as long as it takes).
    ///
    /// Frames that came before it are given back to the driver unseen, damaged ones too. Nil when the time is up, when
    /// the camera was lost just now (look at `state`), and after `interrupt`. While the camera is lost this waits, too,
    /// and looks for it after 0.25 s, then at intervals that double up to 4 s; the first frame that comes again ends
    /// the loss.
    /// Throws `.io` when it is lost and the policy is `.exit`, `.invalidArgument` when the caller holds every buffer
    /// or the camera is closed. Allocates nothing while the camera streams.
    public func nextFrame(timeoutMilliseconds: Int = -1) throws(OcellusError) -> Frame? {
        guard state != .closed else { throw OcellusError(.invalidArgument, "the camera is closed: open it again") }
        var now = system.now
        let deadline = timeoutMilliseconds < 0 ? UInt64.max : later(now, nanoseconds(timeoutMilliseconds))
        if hasDelivered { quietSince = now }
        hasDelivered = false
        if occ_calm(waker) != 0 { return nil }
        // A driver that says there is a frame and gives none must not make this loop spin.
        var falseAlarms = 0
        while true {
            guard let stream else {
                if try reopen(before: deadline) { continue }
                return nil
            }
            let error = stream.offerStrays()
            if error != 0 {
                // A buffer that is refused is no word about the cable, unless the device is gone.
                if try lose(Int(error) == OCC_EINVAL ? .failed : LossReason(error)) { return nil }
                continue
            }
            switch newest(stream) {
            case .frame(let buffer):
                hasDelivered = true
                frameArrived()
                return frame(stream, buffer)
            case .failed(let error):
                if try lose(LossReason(error)) { return nil }
                continue
            case .nothing, .damaged, .old: break
            }
            guard stream.inDriver > 0 else {
                throw OcellusError(
                    .invalidArgument,
                    "all \(stream.count) buffers of the camera are in use: let a frame go before asking for the next")
            }
            now = system.now
            let silenceEnd = quietSince &+ silence
            if now >= silenceEnd {
                if try lose(.silent) { return nil }
                continue
            }
            if now >= deadline { return nil }
            if falseAlarms > 3, wait(-1, until: min(silenceEnd, deadline, now &+ 5_000_000), now) == .woken {
                return nil
            }
            switch wait(stream.file, until: min(silenceEnd, deadline), system.now) {
            case .woken: return nil
            case .broken: if try lose(brokenReason(stream)) { return nil }
            case .ready: falseAlarms += 1
            case .timedOut: break
            }
        }
    }

    /// Makes the `nextFrame` that waits now, or else the next one, return nil at once. From any thread, and from signal
    /// handlers.
    public func interrupt() { occ_wake(waker) }

    /// Stops and closes the device. Frames in use stay readable until they die. Called when the object dies.
    public func close() {
        stream?.stop()
        stream = nil
        state = .closed
    }

    /// The newest whole frame in the driver's queue. When the driver had filled every buffer it has been without one for
    /// a while, and the newest is old: then all go back, and the next to come is the newest.
    private func newest(_ stream: Stream) -> Stream.Taken {
        var newest: occ_buffer?
        var taken = 0
        let inDriver = stream.inDriver
        // A camera that is faster than this loop must not keep it here.
        while taken < 2 * stream.count {
            switch stream.take() {
            case .nothing:
                return newest.map { .frame($0) } ?? .nothing
            case .failed(let error):
                if let newest { stream.giveBack(Int(newest.index)) }
                return .failed(error)
            case .damaged(let sequence):
                count(sequence)
                statistics.damaged += 1
            case .old(let sequence):
                count(sequence)
                statistics.skipped += 1
            case .frame(let buffer):
                count(buffer.sequence)
                if let older = newest {
                    stream.giveBack(Int(older.index))
                    statistics.skipped += 1
                }
                newest = buffer
                if taken + 1 == inDriver, inDriver > 1 {
                    stream.giveBack(Int(buffer.index))
                    statistics.skipped += 1
                    // Frames came: only nobody asked.
                    quietSince = system.now
                    return .nothing
                }
            }
            taken += 1
        }
        return newest.map { .frame($0) } ?? .nothing
    }

    /// Gaps in the driver's numbers are frames that nobody saw. A step back is a driver that does not number.
    private func count(_ sequence: UInt32) {
        if let last = lastSequence, sequence > last { statistics.dropped += UInt64(sequence - last - 1) }
        lastSequence = sequence
    }

    /// A new stream numbers anew.
    func forgetSequence() { lastSequence = nil }

    private func frame(_ stream: Stream, _ buffer: occ_buffer) -> Frame {
        statistics.delivered += 1
        let now = system.now
        let isSound = buffer.is_monotonic == 1 && buffer.timestamp > 0 && buffer.timestamp <= now
        return Frame(
            stream, buffer: Int(buffer.index), bytes: stream.bytes(buffer), sequence: buffer.sequence,
            timestamp: isSound ? buffer.timestamp : now, arrival: now)
    }

    enum Waited { case ready, timedOut, woken, broken }

    /// Waits for a frame of `file` (negative: for the waker alone) until `end`.
    func wait(_ file: Int32, until end: UInt64, _ now: UInt64) -> Waited {
        // Rounded up, so that the end has come when the time is up.
        let left = end > now ? end - now : 0
        let milliseconds = end == .max ? -1 : Int32(clamping: (left + 999_999) / 1_000_000)
        var events: UInt32 = 0
        let error = system.wait(system.context, file, waker, milliseconds, &events)
        if error == errno(OCC_EINTR) { return .ready }
        if error != 0 { return .broken }
        if events & UInt32(OCC_WOKEN) != 0 {
            _ = occ_calm(waker)
            return .woken
        }
        if events & UInt32(OCC_BROKEN) != 0 { return .broken }
        return events == 0 ? .timedOut : .ready
    }
}

/// A duration in nanoseconds.
func nanoseconds(_ milliseconds: Int) -> UInt64 {
    let (product, overflow) = UInt64(clamping: milliseconds).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : product
}

/// So many nanoseconds after a time; never before it.
private func later(_ time: UInt64, _ duration: UInt64) -> UInt64 {
    let (sum, overflow) = time.addingReportingOverflow(duration)
    return overflow ? .max : sum
}
