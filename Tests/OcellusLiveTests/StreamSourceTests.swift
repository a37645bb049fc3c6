// Frames through a real pipe: whole, short, late, damaged.
import Foundation
import OcellusCamera
import OcellusFiles
import OcellusLive
import OcellusTensor
import Testing

struct StreamSourceTests {
    private static func source(
        _ feed: Feed, _ code: FourCC, size: (Int, Int) = (0, 0), everyFrame: Bool = true
    ) throws(OcellusError) -> StreamSource {
        try StreamSource(
            descriptor: feed.reader, name: "the pipe", format: FrameFormat(code: code, width: size.0, height: size.1),
            keepsEveryFrame: everyFrame)
    }

    /// Takes all frames; what ends them.
    private static func drain(
        _ source: StreamSource, _ body: (LiveFrame) -> Void = { _ in }
    ) -> OcellusError? {
        while true {
            do throws(OcellusError) {
                switch try source.next(milliseconds: 5000) {
                case .frame(let frame): body(frame)
                case .nothing, .lost: break
                case .ended: return nil
                }
            } catch {
                return error
            }
        }
    }

    @Test("raw frames come in order, byte for byte, whatever pieces the pipe makes of them")
    func raw() throws {
        let feed = Feed()
        let frames = (0..<6).map { index in (0..<8 * 4 * 2).map { UInt8(truncatingIfNeeded: $0 * 3 + index) } }
        let stream = frames.flatMap { $0 }
        feed.write([Array(stream[0..<5]), Array(stream[5..<130]), Array(stream[130...])], pause: 0.02)
        let source = try Self.source(feed, .yuyv, size: (8, 4))
        var seen: [[UInt8]] = []
        let error = Self.drain(source) { frame in
            #expect(frame.number == seen.count && frame.isFullSize)
            #expect(frame.image.width == 8 && frame.image.height == 4 && frame.image.format == .yuyv)
            seen.append(Array(UnsafeBufferPointer(start: frame.image.pixels, count: 64)))
        }
        #expect(error == nil)
        #expect(seen == frames)
        source.close()
    }

    @Test("planes of I420 arrive with the right colours")
    func planar() throws {
        let feed = Feed()
        // Luma 0..., then U 100..., then V 200...
        feed.write([(0..<8).map { UInt8($0) } + [100, 101] + [200, 201]])
        let code = try #require(FourCC("i420"))
        let source = try Self.source(feed, code, size: (4, 2))
        var chroma: [UInt8] = []
        let error = Self.drain(source) { frame in
            if let base = frame.image.chroma { chroma = Array(UnsafeBufferPointer(start: base, count: 4)) }
        }
        #expect(error == nil)
        #expect(chroma == [100, 200, 101, 201])
        source.close()
    }

    @Test("a short last frame is an error that says how much was there")
    func short() throws {
        let feed = Feed()
        feed.write([[UInt8](repeating: 1, count: 64 + 10)])
        let source = try Self.source(feed, .yuyv, size: (8, 4))
        var count = 0
        let error = Self.drain(source) { _ in count += 1 }
        #expect(count == 1)
        #expect(
            error?.message
                == "the pipe ended inside frame 1, after 10 of its 64 bytes: are --size and --format those of the writer?"
        )
        source.close()
    }

    @Test("MJPEG: pictures of any size, a damaged one is counted and left out")
    func mjpeg() throws {
        let feed = Feed()
        let pictures = try (1...4).map { index in
            try PictureFile.encode(try Sample.picture(width: 16 * index, height: 40), .jpeg)
        }
        var damaged = pictures[2]
        // Within the header: no size that can be.
        if let place = damaged.firstRange(of: [0xFF, 0xC0]) { damaged[place.upperBound + 3] = 0 }
        feed.write([pictures[0], pictures[1], damaged, pictures[3]].map { Array("boundary".utf8) + $0 })
        let source = try Self.source(feed, .mjpeg)
        var widths: [Int] = []
        let error = Self.drain(source) { widths.append($0.width) }
        #expect(error == nil)
        #expect(widths == [16, 32, 64] || widths == [16, 32, 48, 64])
        #expect(source.damaged == 4 - widths.count)
        source.close()
    }

    @Test("a JPEG is decoded at a part of its size when that is enough, and says its own size")
    func reduced() throws {
        let feed = Feed()
        feed.write([try PictureFile.encode(try Sample.picture(width: 640, height: 480), .jpeg)])
        let source = try Self.source(feed, .mjpeg)
        source.minimumSide = 300
        var sizes: [Int] = []
        _ = Self.drain(source) { sizes += [$0.image.width, $0.image.height, $0.width, $0.height] }
        #expect(sizes == [320, 240, 640, 480])
        source.close()
    }

    @Test("a stream without a picture in it is an error, not an endless wait", arguments: [0, 10, 100_000])
    func noPictures(count: Int) throws {
        let feed = Feed()
        feed.write([[UInt8](repeating: 0x41, count: count)])
        let source = try Self.source(feed, .mjpeg)
        let error = Self.drain(source)
        #expect(error?.message.hasPrefix("the pipe: no whole JPEG picture in \(count) bytes: expected MJPEG") == true)
        source.close()
    }

    @Test("only the newest frame waits; what it replaced is counted as skipped")
    func latest() throws {
        let feed = Feed()
        let frames = (0..<50).map { [UInt8](repeating: UInt8($0), count: 64) }
        feed.write(frames, pause: 0.001)
        let source = try Self.source(feed, .yuyv, size: (8, 4), everyFrame: false)
        var (seen, skipped) = (0, 0)
        let error = Self.drain(source) { frame in
            #expect(frame.number == seen + skipped + frame.skipped)
            #expect(Int(frame.image.pixels[0]) == frame.number)
            seen += 1
            skipped += frame.skipped
            Thread.sleep(forTimeInterval: 0.01)
            // The slot is not written over while it is looked at.
            #expect(Int(frame.image.pixels[63]) == frame.number)
        }
        #expect(error == nil)
        #expect(seen + skipped == 50 && skipped > 10)
        source.close()
    }

    @Test("without frames the wait ends when it should, and closing does not hang on a silent pipe")
    func silent() throws {
        let feed = Feed()
        let source = try Self.source(feed, .yuyv, size: (8, 4))
        let start = LiveClock.now
        guard case .nothing = try source.next(milliseconds: 50) else {
            Issue.record("expected nothing")
            return
        }
        let waited = LiveClock.milliseconds(from: start, to: LiveClock.now)
        #expect(waited >= 45 && waited < 2000)
        source.close()
    }

    @Test("formats without a size, and formats whose frames have no end, are refused")
    func refusals() throws {
        let feed = Feed()
        let missing = #expect(throws: OcellusError.self) { try Self.source(feed, .yuyv) }
        #expect(missing?.message.contains("need a size") == true)
        #expect(throws: OcellusError.self) { try Self.source(feed, .yuyv, size: (7, 4)) }
        #expect(throws: OcellusError.self) { try Self.source(feed, .nv12, size: (40_000, 4)) }
        let code = try #require(FourCC("XXXX"))
        #expect(throws: OcellusError.self) { try Self.source(feed, code, size: (8, 4)) }
    }
}
