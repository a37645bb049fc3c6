// Everything that happens to a camera while it streams: it is passed over, or the camera is lost and comes back.
import CCamera
import OcellusTensor
import Testing

@testable import OcellusCamera

@Suite struct FaultTests {
    /// Ways to lose a camera.
    enum Loss: CaseIterable, CustomTestStringConvertible {
        case unplugged, unbound, inputError, pollError, silence, pollFails

        var reason: LossReason {
            switch self {
            case .unplugged, .unbound: .disconnected
            case .inputError, .pollError, .pollFails: .failed
            case .silence: .silent
            }
        }

        var testDescription: String { "\(self)" }

        func happen(to script: ScriptedSystem) {
            switch self {
            case .unplugged: script.errors[OCC_DEQUEUE_BUFFER] = [OCC_ENODEV]
            case .unbound: script.errors[OCC_DEQUEUE_BUFFER] = [OCC_EINVAL]
            case .inputError: script.errors[OCC_DEQUEUE_BUFFER] = [OCC_EIO]
            case .pollError: script.isBroken = true
            case .silence: script.nodes["/dev/video0"]!.isSilent = true
            case .pollFails: script.waitErrors = [OCC_EINVAL]
            }
        }
    }

    @Test(
        "a camera is lost for the reason that the driver gives, and is back with its next frame",
        arguments: Loss.allCases)
    func lostAndFound(loss: Loss) throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        for _ in 0..<3 { #expect(try camera.hasFrame()) }
        loss.happen(to: script)
        #expect(try !camera.hasFrame())
        #expect(camera.state == .lost(reason: loss.reason, since: script.now))
        #expect(script.openFiles == 0)
        script.nodes["/dev/video0"]!.isSilent = false
        #expect(try camera.hasFrame())
        #expect(camera.state == .streaming && camera.statistics.reopened == 1 && camera.statistics.delivered == 4)
        #expect(script.openFiles == 1 && script.mapped == 4)
        camera.close()
        #expect(script.openFiles == 0 && script.mapped == 0)
    }

    @Test("with the policy to exit, a lost camera is an error and stays one", arguments: Loss.allCases)
    func exit(loss: Loss) throws {
        let script = ScriptedSystem()
        var options = CameraOptions()
        options.lossPolicy = .exit
        let camera = try Camera(path: "/dev/video0", options: options, system: script.system)
        #expect(try camera.hasFrame())
        loss.happen(to: script)
        for _ in 0..<2 {
            let error = #expect(throws: OcellusError.self) { try camera.hasFrame() }
            #expect(error?.code == .io && error?.message.contains("/dev/video0 (Script) is lost") == true)
        }
        #expect(script.openFiles == 0)
    }

    @Test("a lost camera is looked for after 0.25 s and then at intervals that double up to 4 s")
    func backOff() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        let node = script.nodes.removeValue(forKey: "/dev/video0")!
        #expect(try !camera.hasFrame())
        let lost = script.now
        script.openings = []
        #expect(try !camera.hasFrame(timeout: 20_000))
        #expect(script.now == lost + 20_000_000_000)
        #expect(script.openings.map { ($0 - lost) / 1_000_000 } == [250, 750, 1750, 3750, 7750, 11750, 15750, 19750])
        #expect(camera.reopeningFailure?.contains("there is no /dev/video0") == true)
        script.nodes["/dev/video0"] = node
        #expect(try camera.hasFrame())
        #expect(script.now - lost < 24_000_000_000)
        // The next loss begins with short intervals again.
        script.errors[OCC_DEQUEUE_BUFFER] = [OCC_EIO]
        #expect(try !camera.hasFrame())
        let again = script.now
        script.openings = []
        #expect(try camera.hasFrame())
        #expect(script.openings == [again + 250_000_000])
    }

    @Test("a camera whose stream starts but sends nothing stays lost")
    func silentAgain() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        script.nodes["/dev/video0"]!.isSilent = true
        #expect(try !camera.hasFrame())
        let lost = script.now
        #expect(try !camera.hasFrame(timeout: 60_000))
        #expect(camera.state == .lost(reason: .silent, since: lost))
        #expect(camera.statistics.reopened == 0)
        script.nodes["/dev/video0"]!.isSilent = false
        #expect(try camera.hasFrame())
        #expect(camera.statistics.reopened == 1)
    }

    @Test("a frame that is older than the stream, as a loopback device keeps it, does not count")
    func oldFrame() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        script.nodes["/dev/video0"]!.isSilent = true
        #expect(try !camera.hasFrame())
        script.leftOver = script.now - 3_000_000_000
        #expect(try !camera.hasFrame(timeout: 10_000))
        #expect(camera.statistics.skipped > 0 && camera.statistics.delivered == 1)
        guard case .lost(.silent, _) = camera.state else {
            Issue.record("\(camera.state)")
            return
        }
    }

    @Test("a driver that always claims to have a frame is no reason to spin")
    func falseAlarms() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        script.nodes["/dev/video0"]!.isSilent = true
        script.claimsFrames = true
        var waits = 0
        script.onWait = { waits += 1 }
        #expect(try !camera.hasFrame())
        #expect(camera.state == .lost(reason: .silent, since: script.now))
        #expect(waits < 1500)
    }

    @Test("silence is longer for a camera that is slow")
    func slowCamera() throws {
        let script = ScriptedSystem(["/dev/video0": ScriptedNode("Slow", [(.yuyv, [(64, 48, 0.5)])])])
        let camera = try Camera(path: "/dev/video0", system: script.system)
        for _ in 0..<3 { #expect(try camera.hasFrame()) }
        let last = script.now
        script.nodes["/dev/video0"]!.isSilent = true
        #expect(try !camera.hasFrame())
        #expect(script.now - last == 8_000_000_000)
    }

    @Test("an interrupted system call is made again")
    func interruptedCalls() throws {
        let script = ScriptedSystem()
        script.openErrors["/dev/video0"] = OCC_EINTR
        for request in OCC_QUERY_CAPABILITY...OCC_STREAM_ON { script.errors[request] = [OCC_EINTR, OCC_EINTR] }
        script.waitErrors = [OCC_EINTR]
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame() && camera.hasFrame())
        #expect(camera.state == .streaming && script.errors[OCC_DEQUEUE_BUFFER] == nil && script.waitErrors.isEmpty)
    }

    @Test(
        "flagged, empty and short frames are passed over and counted, and the stream goes on",
        arguments: [FrameFault.flagged, .empty, .short])
    func damagedFrames(fault: FrameFault) throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        script.faults = [2: fault, 3: fault, 5: fault]
        var sequences: [UInt32] = []
        for _ in 0..<5 { sequences.append(try #require(try camera.sequence())) }
        #expect(sequences == [0, 1, 4, 6, 7])
        #expect(camera.statistics.damaged == 3 && camera.statistics.dropped == 0 && camera.state == .streaming)
    }

    @Test("a camera that sends damaged frames alone is lost in the end")
    func onlyDamage() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        for number in 0..<1000 { script.faults[number] = .empty }
        #expect(try !camera.hasFrame())
        #expect(camera.state == .lost(reason: .silent, since: script.now))
    }

    @Test("a driver that names a buffer which it was never given is not believed")
    func wrongIndex() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        script.faults[1] = .wrongIndex
        #expect(try camera.hasFrame())
        #expect(try !camera.hasFrame())
        #expect(camera.state == .lost(reason: .failed, since: script.now))
        #expect(try camera.hasFrame())
    }

    @Test("a buffer that the driver refuses once is offered again; twice, and the camera is lost")
    func refusedBuffer() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        script.errors[OCC_QUEUE_BUFFER] = [OCC_EINVAL]
        #expect(try camera.hasFrame() && camera.hasFrame())
        #expect(camera.state == .streaming && camera.stream?.inDriver == 4)
        script.errors[OCC_QUEUE_BUFFER] = [OCC_EINVAL, OCC_EINVAL]
        #expect(try camera.hasFrame())
        #expect(try !camera.hasFrame())
        #expect(camera.state == .lost(reason: .failed, since: script.now))
        #expect(try camera.hasFrame())
    }

    @Test(
        "a request that fails once while a lost camera is opened again is tried again",
        arguments: [
            OCC_QUERY_CAPABILITY, OCC_SET_FORMAT, OCC_REQUEST_BUFFERS, OCC_QUERY_BUFFER, OCC_QUEUE_BUFFER,
            OCC_STREAM_ON,
        ])
    func failureWhileReopening(request: Int) throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        script.errors[OCC_DEQUEUE_BUFFER] = [OCC_EIO]
        #expect(try !camera.hasFrame())
        let lost = script.now
        script.errors[request] = [OCC_EBUSY]
        #expect(try camera.hasFrame())
        // A node that does not answer is asked again in the search that follows at once.
        #expect(script.now - lost >= (request == OCC_QUERY_CAPABILITY ? 250_000_000 : 750_000_000))
        #expect(script.openFiles == 1 && script.mapped == 4)
    }
}

extension Camera {
    /// Whether a frame comes.
    func hasFrame(timeout: Int = -1) throws -> Bool { try nextFrame(timeoutMilliseconds: timeout) != nil }

    /// The number of the frame that comes.
    func sequence(timeout: Int = -1) throws -> UInt32? {
        switch try nextFrame(timeoutMilliseconds: timeout) {
        case .some(let frame): return frame.sequence
        case .none: return nil
        }
    }
}
