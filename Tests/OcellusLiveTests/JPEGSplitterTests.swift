// Pictures cut out of streams: whole, broken, padded, hostile.
import OcellusFiles
import OcellusImage
import OcellusLive
import TestSupport
import Testing

struct JPEGSplitterTests {
    /// Pictures of several sizes, of noise: most of their bytes are scan.
    private static let pictures: [[UInt8]] = (1...5).map { index in
        (try? PictureFile.encode(Sample.noise(width: 16 * index, height: 24, seed: UInt64(index)), .jpeg)) ?? []
    }

    private static func split(_ stream: [UInt8], pieces: Int, limit: Int = 1 << 20) -> (found: [[UInt8]], dropped: Int)
    {
        var splitter = JPEGSplitter(limit: limit)
        var found: [[UInt8]] = []
        var at = 0
        while at < stream.count {
            let end = min(stream.count, at + pieces)
            stream[at..<end].withUnsafeBytes { splitter.append($0) }
            while let picture = splitter.next({ Array($0) }) { found.append(picture) }
            at = end
        }
        return (found, splitter.dropped)
    }

    @Test("pictures come out byte for byte, however the stream is cut", arguments: [1, 2, 3, 7, 64, 1000, 1 << 20])
    func whole(pieces: Int) {
        let result = Self.split(Self.pictures.flatMap { $0 }, pieces: pieces)
        #expect(result.found == Self.pictures)
        #expect(result.dropped == 0)
    }

    @Test("what stands between pictures is skipped: boundaries, zeros, fill bytes", arguments: [1, 5, 4096])
    func between(pieces: Int) {
        let noise: [[UInt8]] = [
            Array("--frame\r\nContent-Type: image/jpeg\r\n\r\n".utf8), [0, 0, 0], [0xFF, 0xFF, 0xFF],
            [0xFF, 0x00, 0xD8],
            [],
        ]
        var stream: [UInt8] = []
        for (between, picture) in zip(noise, Self.pictures) { stream += between + picture }
        stream.append(0xFF)
        #expect(Self.split(stream, pieces: pieces).found.map(\.count) == Self.pictures.map(\.count))
    }

    @Test("bytes between the segments belong to their picture, not too many", arguments: [1, 1 << 20])
    func strays(pieces: Int) {
        let stray = Self.pictures.map { Array($0[..<20]) + [1, 2, 3] + Array($0[20...]) }
        #expect(Self.split(stray.flatMap { $0 }, pieces: pieces).found == stray)
        let many = Self.pictures.map { Array($0[..<20]) + Array(repeating: 7, count: 100) + Array($0[20...]) }
        let result = Self.split(many.flatMap { $0 } + Self.pictures[0], pieces: pieces)
        #expect(result.found == [Self.pictures[0]] && result.dropped == many.count)
    }

    @Test("a thumbnail inside a segment is no end")
    func thumbnail() {
        let inner = Self.pictures[0]
        let length = inner.count + 2
        let head: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)]
        let picture = head + inner + Self.pictures[4].dropFirst(2)
        #expect(Self.split(picture + Self.pictures[1], pieces: 13).found == [picture, Self.pictures[1]])
    }

    @Test("a picture that was cut off costs itself only", arguments: [1, 50, 1 << 20])
    func cut(pieces: Int) {
        let broken = Array(Self.pictures[2].dropLast(40))
        let result = Self.split(Self.pictures[0] + broken + Self.pictures[1] + Self.pictures[3], pieces: pieces)
        #expect(result.found == [Self.pictures[0], Self.pictures[1], Self.pictures[3]])
        #expect(result.dropped == 1)
    }

    @Test("a picture without an end is given up at the limit, and the next one is found")
    func endless() {
        let endless = Array(Self.pictures[0].dropLast(2)) + [UInt8](repeating: 0x55, count: 100_000)
        let result = Self.split(endless + Self.pictures[1], pieces: 4096, limit: 20_000)
        #expect(result.found == [Self.pictures[1]])
        #expect(result.dropped == 1)
    }

    @Test("segments with impossible lengths and markers are given up")
    func impossible() {
        for broken: [UInt8] in [
            [0xFF, 0xD8, 0xFF, 0xE0, 0, 0], [0xFF, 0xD8, 0xFF, 0xE0, 0, 1], [0xFF, 0xD8, 0x12],
            [0xFF, 0xD8, 0xFF, 0x00],
        ] {
            let result = Self.split(broken + Self.pictures[1], pieces: 3)
            #expect(result.found == [Self.pictures[1]], "\(broken)")
            #expect(result.dropped == 1)
        }
    }

    @Test("random bytes end, in any pieces, and the picture behind them is found", arguments: 0..<20)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Many bytes of 0xFF and of markers: the states are walked through in all orders.
        let alphabet: [UInt8] = [0xFF, 0xFF, 0xFF, 0xD8, 0xDA, 0xD9, 0xE0, 0x00, 0x02, 0x10, 0x55]
        let noise = (0..<4000).map { _ in alphabet[random.integer(0...10)] }
        // Longer than any segment that the noise may have begun.
        let gap = [UInt8](repeating: 0, count: 66_000)
        let pieces = random.integer(1...700)
        let result = Self.split(noise + gap + Self.pictures[3] + Self.pictures[4], pieces: pieces)
        #expect(result.found.last == Self.pictures[4])
    }
}
