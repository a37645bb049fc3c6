// `ocellus live` as a user runs it, on frames from standard input and on pictures: no camera is needed.
import Foundation
import OcellusFiles
import OcellusImage
import Testing

struct LiveTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("face.safetensors"))
    }

    /// Frames of grey in YUYV, 64x64.
    private func writeFrames(_ count: Int, extra: Int = 0) throws {
        try folder.write("frames", [UInt8](repeating: 128, count: count * 64 * 64 * 2 + extra))
    }

    private func live(_ arguments: String..., input: String = "frames") throws -> Outcome {
        try Ocellus.run(
            ["live", "-", "--model", "face.safetensors"] + arguments, input: folder.path(input), in: folder.path)
    }

    private struct Line: Decodable {
        struct Found: Decodable {
            let id: Int?
            let label: String
            let score: Double
            let box: [Double]
            let landmarks: [[Double]]
        }

        let frame: Int
        let timestamp: Double
        let latency_ms: Double
        let width: Int
        let height: Int
        let still: Bool?
        let detections: [Found]
    }

    private func lines(_ outcome: Outcome) throws -> [Line] {
        try outcome.output.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("a line of JSON a frame: number, time, latency, and what 'detect' says of the same picture")
    func json() throws {
        try writeFrames(3)
        let start = Date().timeIntervalSince1970
        let outcome = try live("--size", "64x64", "--format", "yuyv", "--json")
        #expect(outcome.status == 0)
        let lines = try lines(outcome)
        #expect(lines.map(\.frame) == [0, 1, 2])
        #expect(lines.allSatisfy { $0.width == 64 && $0.height == 64 && $0.latency_ms > 0 })
        #expect(lines.allSatisfy { abs($0.timestamp - start) < 60 })
        #expect(outcome.errors.contains("standard input  64x64 YUYV · face, float"))
        #expect(outcome.errors.contains("3 frames in "))
        // The same grey: Y 128 is 130 of 0...255.
        let image = try RGBImage(width: 64, height: 64)
        for index in 0..<64 * 64 * 3 { image.pixels.pointer[index] = 130 }
        try PictureFile.write(image, path: folder.path("grey.png"))
        let detected = try Ocellus.run(
            ["detect", "grey.png", "--model", "face.safetensors", "--json"], in: folder.path)
        let still = try JSONDecoder().decode(Still.self, from: Data(detected.output.utf8))
        #expect(!still.detections.isEmpty)
        for line in lines {
            #expect(line.detections.map(\.box) == still.detections.map(\.box))
            #expect(line.detections.map(\.score) == still.detections.map(\.score))
            #expect(line.detections.allSatisfy { $0.id == nil })
        }
    }

    private struct Still: Decodable {
        struct Found: Decodable {
            let box: [Double]
            let score: Double
        }

        let detections: [Found]
    }

    @Test("--track numbers what is seen, the same from frame to frame")
    func track() throws {
        try writeFrames(4)
        let tracked = try lines(try live("--size", "64x64", "--format", "yuyv", "--json", "--track"))
        #expect(tracked.count == 4)
        let first = try #require(tracked.first?.detections.map(\.id))
        #expect(!first.contains(nil) && Set(first).count == first.count)
        #expect(tracked.allSatisfy { $0.detections.map(\.id) == first })
    }

    @Test("a short last frame is a sentence and status 1; the frames before it count")
    func short() throws {
        try writeFrames(2, extra: 100)
        let outcome = try live("--size", "64x64", "--format", "yuyv")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("2 frames in "))
        #expect(
            outcome.errors
                == "ocellus: standard input ended inside frame 2, after 100 of its 8192 bytes: are --size and --format "
                + "those of the writer?\n")
    }

    @Test("MJPEG needs no size, and a recording is searched frame by frame")
    func mjpeg() throws {
        let pictures = try (0..<4).map {
            try PictureFile.encode(FixedModel.picture(width: 300 + $0, height: 300), .jpeg)
        }
        try folder.write("frames", pictures.flatMap { $0 })
        let lines = try lines(try live("--json"))
        #expect(lines.map(\.width) == [300, 301, 302, 303])
        #expect(lines.allSatisfy { $0.detections.count == lines[0].detections.count && !$0.detections.isEmpty })
    }

    @Test("--frames ends it, and the summary is on standard output without --json")
    func limit() throws {
        try writeFrames(5)
        let outcome = try live("--size", "64x64", "--format", "yuyv", "--frames", "2")
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("standard input  64x64 YUYV · face, float ("))
        // A slow machine may have time for a status line between them.
        #expect(lines.last?.hasPrefix("2 frames in ") == true)
    }

    @Test("pictures are frames too, and a damaged one is named and left out")
    func pictures() throws {
        try PictureFile.write(FixedModel.picture(), path: folder.path("a.jpg"))
        try folder.write("b.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 1])
        let outcome = try Ocellus.run(
            ["live", "a.jpg", "b.jpg", "--model", "face.safetensors", "--json"], in: folder.path)
        #expect(outcome.status == 0)
        #expect(try lines(outcome).map(\.width) == [300])
        #expect(outcome.errors.contains("ocellus: b.jpg: "))
        #expect(outcome.errors.contains("1 damaged"))
    }

    @Test("--record saves pictures with labels")
    func record() throws {
        try writeFrames(3)
        let outcome = try live(
            "--size", "64x64", "--format", "yuyv", "--record", "out", "--record-interval", "0", "--frames", "1")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("1 picture saved in out"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
        #expect(names == ["000001.jpg", "000001.xml"])
    }

    @Test("frames that cannot be are refused before any is read")
    func refusals() throws {
        try writeFrames(1)
        for (arguments, words) in [
            (["--format", "yuyv"], "need a size: give it as '--size 640x480'"),
            (["--format", "yuyv", "--size", "63x48"], "expected an even width"),
            (["--format", "nonsense"], "--format nonsense: expected yuyv"),
            ([], "no whole JPEG picture in 8192 bytes"),
        ] {
            let outcome = try Ocellus.run(
                ["live", "-", "--model", "face.safetensors"] + arguments, input: folder.path("frames"), in: folder.path)
            #expect(outcome.status == 1, "\(arguments)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
    }

    @Test("ctrl-c ends in order: the summary, and status 0", arguments: ["INT", "TERM"])
    func interrupt(signal: String) throws {
        try writeFrames(2)
        // The writer stays, and says nothing more. A line with "fps" comes after a second.
        let script = """
            mkfifo pipe
            (cat frames; exec sleep 60) > pipe & writer=$!
            "$ocellus" live - --model face.safetensors --size 64x64 --format yuyv < pipe > out & live=$!
            for i in $(seq 100); do grep -q fps out && break; sleep 0.2; done
            kill -\(signal) $live
            wait $live
            echo status $?
            kill $writer
            cat out
            """
        let outcome = try Ocellus.shell(script, in: folder.path)
        #expect(outcome.output.contains("status 0\n"))
        #expect(outcome.output.contains(" in "))
    }

    @Test("without a camera it says what it looked for and which two commands would help")
    func noCamera() throws {
        guard
            ((try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []).allSatisfy({ !$0.hasPrefix("video") }
            )
        else { return }
        let outcome = try Ocellus.run(["live", "--model", "face.safetensors"], in: folder.path)
        #expect(outcome.status == 1)
        #expect(
            outcome.errors
                == "ocellus: no camera: looked for /dev/video0 and the like: found none: plug a camera in: 'ls -l "
                + "/dev/video*' shows whether the system sees it, 'sudo dmesg | tail' what became of it\n")
        let list = try Ocellus.run(["live", "--list"], in: folder.path)
        #expect(list.status == 0 && list.output.hasPrefix("no camera: "))
    }
}
