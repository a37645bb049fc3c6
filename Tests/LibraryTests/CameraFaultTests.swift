// What a real driver does to a camera, and what becomes of it: lost for the right reason, back by itself, nothing leaked.
import Foundation
import Testing

@Suite(.enabled(if: CameraVM.isPossible || CameraVM.isRequired, "QEMU, busybox, cpio or kmod is not installed"))
struct CameraFaultTests {
    /// A line of the program `faults`.
    struct Report {
        let lost: String
        let back: String
        let frames: Int
        let damaged: Int
        let reopened: Int
        let descriptors: Int

        init(_ name: String) throws {
            let line = try CameraVM.run.line("\(name): ")
            let match = line.wholeMatch(
                of: #/lost (.+), back (.+), frames (\d+), damaged (\d+), reopened (\d+), descriptors (-?\d+)/#)
            guard let match else { throw Failure(description: "\(name): \(line)") }
            (lost, back) = (String(match.1), String(match.2))
            (frames, damaged, reopened, descriptors) = (Int(match.3)!, Int(match.4)!, Int(match.5)!, Int(match.6)!)
        }

        /// Seconds until frames came again; nil when they did not.
        var seconds: Double? { back.hasSuffix(" s") ? Double(back.dropLast(2)) : nil }
    }

    @Test(
        "a camera that was lost is back by itself, and no descriptor is left open",
        arguments: [
            ("disconnect", "disconnected"), ("unbind", "disconnected"), ("fatal-error", "failed"),
            ("reqbufs-on-return", "failed"), ("streamon-on-return", "failed"), ("another-number", "disconnected"),
            ("writer-dies", "silent"),
        ])
    func lostAndFound(name: String, reason: String) throws {
        let report = try Report(name)
        #expect(report.lost == reason)
        let seconds = try #require(report.seconds, "\(report)")
        #expect(seconds > 0.2 && seconds < 15)
        #expect(report.frames > 3 && report.reopened == 1 && report.descriptors == 0)
    }

    @Test(
        "a flagged frame is passed over; a refused buffer and dropped frames are no loss",
        arguments: ["flagged", "qbuf", "dropped"])
    func noLoss(name: String) throws {
        let report = try Report(name)
        #expect(report.lost == "-" && report.frames > 3 && report.descriptors == 0)
        if name == "flagged" { #expect(report.damaged == 1) }
    }

    @Test("frames that are cut short are passed over and counted, between whole ones", arguments: ["YUYV", "MJPG"])
    func cutShort(format: String) throws {
        let report = try Report("cut-\(format)")
        #expect(report.lost == "-" && report.damaged > 2 && report.frames > 2)
    }

    @Test("a node that cannot be used says why, and what to do")
    func opening() throws {
        let run = try CameraVM.run
        #expect(
            try run.line("missing: ").hasPrefix(
                "status 4: there is no /dev/video99: cameras of this system: /dev/video0"))
        #expect(try run.line("no device: ").contains("/dev/null is no video device"))
        #expect(try run.line("file: ").contains("/init is no device"))
        #expect(try run.line("output: ").contains("it is no capture device"))
        #expect(try run.line("metadata: ").contains("it gives data about pictures, not pictures"))
        #expect(try run.line("no MJPG: ").contains("does not give MJPG pictures: it offers YUYV"))
        #expect(try run.line("busy: ").contains("/dev/video0 is in use by another program"))
    }

    @Test("the callback loop is ended by another thread")
    func stopped() throws {
        #expect(try CameraVM.run.line("run: ") == "status 0, frames after a while")
        #expect(try CameraVM.run.line("name: ") == "vivid")
    }
}
