// Frames while all is well: the newest one, borrowed, counted, without allocations.
import CCamera
import Foundation
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusCamera

@Suite struct StreamTests {
    @Test("after a pause in which the driver had room, the newest frame is there at once")
    func newest() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.sequence() == 0)
        script.now += 3 * script.interval
        let before = script.now
        #expect(try camera.sequence() == 3)
        #expect(script.now == before)
        #expect(camera.statistics.skipped == 2 && camera.statistics.dropped == 0)
    }

    @Test("after a pause that filled every buffer, the frames are old: the next to come is taken")
    func stale() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.sequence() == 0)
        script.now += 30 * script.interval
        let before = script.now
        switch try camera.nextFrame() {
        case .some(let frame):
            #expect(frame.timestamp > before && frame.timestamp - before <= script.interval)
            #expect(frame.sequence == 31)
        case .none: Issue.record("no frame")
        }
        #expect(camera.statistics.skipped == 4 && camera.statistics.delivered == 2)
        // 0 and 31 were delivered, 1 to 4 skipped.
        #expect(camera.statistics.dropped == 26)
    }

    @Test("a camera that nobody asked for longer than it may be silent is not lost", arguments: [false, true])
    func unasked(afterInterrupt: Bool) throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        if afterInterrupt {
            #expect(try camera.hasFrame())
            camera.interrupt()
            #expect(try !camera.hasFrame())
        }
        script.now += 60_000_000_000
        #expect(try camera.hasFrame())
        #expect(camera.state == .streaming && camera.statistics.reopened == 0)
    }

    @Test("the longest time-out is a long one")
    func longest() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        for _ in 0..<2 { #expect(try camera.hasFrame(timeout: .max)) }
    }

    @Test("a frame keeps its buffer until it dies; with every buffer held there is an error, not a wait")
    func holding() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        do {
            let first = try camera.nextFrame()
            let second = try camera.nextFrame()
            let third = try camera.nextFrame()
            let fourth = try camera.nextFrame()
            #expect(camera.stream?.inDriver == 0)
            let error = #expect(throws: OcellusError.self) { try camera.hasFrame() }
            #expect(error?.code == .invalidArgument && error?.message.contains("all 4 buffers") == true)
            _ = (first != nil, second != nil, third != nil, fourth != nil)
        }
        #expect(camera.stream?.inDriver == 4)
        #expect(try camera.hasFrame())
    }

    @Test("a frame stays readable after the camera was closed, and its memory goes with it")
    func outliving() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        do {
            let frame = try camera.nextFrame()
            camera.close()
            #expect(script.openFiles == 0 && script.mapped == 4)
            switch frame {
            case .some(let frame): #expect(frame.bytes.count == 64 * 48 * 2 && frame.bytes.last == 16)
            case .none: Issue.record("no frame")
            }
        }
        #expect(script.mapped == 0)
        #expect(throws: OcellusError.self) { try camera.hasFrame() }
    }

    @Test("a time-out of 0 does not wait, and a longer one ends on time")
    func timeout() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        let before = script.now
        #expect(try !camera.hasFrame(timeout: 0))
        #expect(script.now == before)
        #expect(try !camera.hasFrame(timeout: 20))
        #expect(script.now == before + 20_000_000)
        #expect(try camera.hasFrame(timeout: 20))
        #expect(camera.state == .streaming)
    }

    @Test("interrupt ends the wait of now, or the next one, also while a camera is lost")
    func interrupt() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        camera.interrupt()
        #expect(try !camera.hasFrame())
        #expect(try camera.hasFrame())
        script.onWait = {
            script.onWait = nil
            camera.interrupt()
        }
        #expect(try !camera.hasFrame())
        #expect(try camera.hasFrame())
        script.nodes = [:]
        #expect(try !camera.hasFrame())
        script.onWait = {
            script.onWait = nil
            camera.interrupt()
        }
        #expect(try !camera.hasFrame())
    }

    @Test("no frame allocates", .enabled(if: AllocationCount.isAvailable))
    func allocations() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        for _ in 0..<10 { #expect(try camera.hasFrame()) }
        var sum = 0
        let count = try AllocationCount.of {
            for round in 0..<1000 {
                if round % 10 == 0 { script.now += UInt64(round % 7) * script.interval }
                switch try camera.nextFrame() {
                case .some(let frame): sum += Int(try frame.image(minimumSide: 300).pixels[0])
                case .none: break
                }
            }
        }
        #expect(count == 0)
        #expect(sum == 16_000)
    }

    @Test("200,000 frames with a fault every hundred leave memory and descriptors as they were")
    func soak() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        var delivered = 0
        var sizes: [Int] = []
        let descriptors = try Process.descriptors()
        var random = SeededGenerator(seed: 4)
        while delivered < 200_000 {
            if try camera.hasFrame(timeout: 5000) { delivered += 1 }
            if delivered % 100 == 0, camera.state == .streaming {
                switch Int.random(in: 0..<6, using: &random) {
                case 0: script.errors[OCC_DEQUEUE_BUFFER] = [OCC_ENODEV]
                case 1: script.errors[OCC_DEQUEUE_BUFFER] = [OCC_EIO]
                case 2: script.errors[OCC_QUEUE_BUFFER] = [OCC_EINVAL]
                case 3: script.waitErrors = [OCC_EINTR]
                case 4: script.faults = [script.made + 2: .flagged, script.made + 3: .short]
                default: script.now += 10 * script.interval
                }
                script.openings = []
            }
            if delivered % 20_000 == 0 { sizes.append(try Process.residentPages()) }
        }
        #expect(camera.statistics.delivered == 200_000 && camera.statistics.reopened > 300)
        #expect(script.openFiles == 1 && script.mapped == 4)
        #expect(try Process.descriptors() == descriptors)
        // Other tests run beside this one: what counts is that it does not grow with the frames.
        let growth = sizes.last! - sizes[sizes.count / 2]
        #expect(growth < 20_000, "resident pages: \(sizes)")
    }
}

private enum Process {
    static func descriptors() throws -> Int {
        // Only those of the camera's kind: other tests open and close files meanwhile.
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            return target?.contains("video") == true
        }.count
    }

    static func residentPages() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return Int(text.split(separator: " ")[1])!
    }
}
