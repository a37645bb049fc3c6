// A camera that is lost and found again: what counts as lost, when to look for it, and how to recognise it.
import CCamera
import OcellusTensor

/// When to look for a lost camera next.
struct ReopeningAttempt {
    static let first: UInt64 = 250_000_000
    static let longest: UInt64 = 4_000_000_000

    var interval = first
    var time: UInt64 = 0

    /// After each attempt in vain the next one waits for twice as long.
    mutating func postpone(_ now: UInt64) {
        time = now &+ interval
        interval = min(interval * 2, ReopeningAttempt.longest)
    }
}

extension LossReason {
    /// What an error of the driver says about the camera.
    init(_ error: Int32) {
        // A reader whose device is unbound gets EINVAL from a queue that was fine before.
        switch Int(error) {
        case OCC_ENODEV, OCC_ENXIO, OCC_EINVAL: self = .disconnected
        default: self = .failed
        }
    }
}

extension Camera {
    /// How long no frame may come: what was asked for, and what four frames take.
    var silence: UInt64 {
        let frame = framesPerSecond > 0 ? UInt64(min(1e9 / framesPerSecond, 3600e9)) : 0
        return max(nanoseconds(options.silenceMilliseconds), 4 * frame)
    }

    /// A poll error says that something is wrong; the queue says what.
    func brokenReason(_ stream: Stream) -> LossReason {
        // Frames from before stand in front of the answer; the stream is closed next, so they need not go back.
        for _ in 0...stream.count {
            switch stream.take() {
            case .failed(let error): return LossReason(error)
            case .nothing: return .failed
            case .frame, .damaged, .old: continue
            }
        }
        return .failed
    }

    /// Closes the device. True when this is news, false when the camera was lost before and is still.
    func lose(_ reason: LossReason) throws(OcellusError) -> Bool {
        stream?.stop()
        stream = nil
        forgetSequence()
        let now = system.now
        attempt.postpone(now)
        guard state == .streaming else { return false }
        state = .lost(reason: reason, since: now)
        reopeningFailure = nil
        guard options.lossPolicy == .wait else {
            throw OcellusError(.io, "the camera \(path) (\(card)) is lost: \(reason.text)")
        }
        return true
    }

    /// A frame came: a lost camera is back.
    func frameArrived() {
        if state == .streaming { return }
        state = .streaming
        statistics.reopened += 1
        reopeningFailure = nil
        attempt = ReopeningAttempt()
    }

    /// Waits for the next attempt and makes it. True when it is to be tried whether frames come, false when the time is
    /// up or somebody interrupted.
    func reopen(before deadline: UInt64) throws(OcellusError) -> Bool {
        guard options.lossPolicy == .wait else {
            throw OcellusError(.io, "the camera \(path) (\(card)) is lost: open it again")
        }
        while true {
            let now = system.now
            if now >= attempt.time { break }
            if now >= deadline { return false }
            if wait(-1, until: min(attempt.time, deadline), now) == .woken { return false }
        }
        do throws(OcellusError) {
            let device = try findAgain()
            let path = device.path
            let stream = try Stream.start(device, options)
            self.stream = stream
            self.path = path
            format = stream.format
            framesPerSecond = stream.framesPerSecond
            quietSince = system.now
        } catch {
            reopeningFailure = error.message
            attempt.postpone(system.now)
        }
        return true
    }

    /// The same camera, first where it was asked for, then under any number: on the same bus port, or else by name
    /// when there is only one of that name. Another camera at the path that was asked for will do in the end.
    private func findAgain() throws(OcellusError) -> Device {
        var failure: OcellusError?
        do throws(OcellusError) {
            let device = try Camera.openCapturing(wantedPath, system)
            if isSame(device.capability) { return device }
            device.close()
        } catch {
            failure = error
        }
        var namesakes: [String] = []
        for number in system.nodeNumbers() {
            guard let device = Camera.openQuietly(CameraList.nodePath(number), system) else { continue }
            if isSame(device.capability) { return device }
            if same(device.capability.card, identity.card) { namesakes.append(device.path) }
            device.close()
        }
        if namesakes.count == 1 { return try Camera.openCapturing(namesakes[0], system) }
        if let failure { throw failure }
        return try Camera.openCapturing(wantedPath, system)
    }

    private func isSame(_ capability: occ_capability) -> Bool {
        same(capability.card, identity.card) && same(capability.bus_info, identity.bus_info)
    }

    /// A device that gives pictures, or nil without a reason.
    private static func openQuietly(_ path: String, _ system: CameraSystem) -> Device? {
        do throws(OcellusError) { return try openCapturing(path, system, isListing: true) } catch { return nil }
    }

    /// A device that gives pictures. Throws `.io` and `.unsupported` with what to do.
    static func openCapturing(
        _ path: String, _ system: CameraSystem, isListing: Bool = false
    ) throws(OcellusError) -> Device {
        let device = try Device.open(path, system, isListing: isListing)
        if let reason = device.unfitness {
            let card = device.card
            device.close()
            throw OcellusError(.unsupported, "\(path) (\(card)) cannot be used: " + reason)
        }
        return device
    }

    /// The first node of the system with a format that can be read.
    static func firstPath(_ system: CameraSystem) throws(OcellusError) -> String {
        let devices = CameraList.devices(system, details: false)
        for device in devices where device.isUsable { return device.path }
        // One reason says more than that there is none: of a node with pictures in the wrong form, or closed to us.
        for device in devices where !device.formats.isEmpty || device.card.utf8.isEmpty {
            guard let reason = device.reason else { continue }
            // A node that could be opened has a name.
            throw OcellusError(code: device.card.utf8.isEmpty ? .io : .unsupported, text: reason)
        }
        throw CameraFault.none()
    }
}
