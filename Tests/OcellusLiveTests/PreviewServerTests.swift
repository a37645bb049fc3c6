// The preview over real sockets of this machine.
import Foundation
import OcellusFiles
import OcellusLive
import OcellusTensor
import Synchronization
import Testing

@Suite(.serialized)
struct PreviewServerTests {
    private let server: PreviewServer

    init() async throws {
        server = try await PreviewServer.start(PreviewAddress(port: 0), names: ["background", "face"])
    }

    /// Offers pictures until it is let go of, `rate` a second.
    private final class Show: Sendable {
        private let isOver = Atomic<Bool>(false)
        let longest = Mutex(0.0)

        init(_ server: PreviewServer, rate: Double = 60, isNoise: Bool = false) {
            Thread.detachNewThread { [self] in
                let images = (0..<8).compactMap { index in
                    isNoise
                        ? try? Sample.noise(width: 320, height: 240, seed: UInt64(index))
                        : try? Sample.picture(width: 320, height: 240, shade: index * 9)
                }
                guard images.count == 8 else { return }
                var number = 0
                while !isOver.load(ordering: .relaxed) {
                    let frame = Sample.frame(images[number % 8], number: number, timestamp: Double(number) / rate)
                    let start = LiveClock.now
                    try? server.offer(frame, [Sample.face(score: 0.9)])
                    let took = LiveClock.milliseconds(from: start, to: LiveClock.now)
                    longest.withLock { $0 = max($0, took) }
                    number += 1
                    Thread.sleep(forTimeInterval: 1 / rate)
                }
            }
        }

        func end() { isOver.store(true, ordering: .relaxed) }
    }

    /// The picture in a part of a stream that has been opened.
    private static func part(_ client: HTTPClient) async -> Data? {
        guard await client.read(through: "Content-Type: image/jpeg") != nil,
            await client.read(through: "\r\n\r\n") != nil
        else {
            return nil
        }
        return await client.read(through: "\r\n--ocellus-frame\r\n")
    }

    @Test("the page is one document that loads nothing from elsewhere")
    func page() async throws {
        let (head, body) = try #require(await HTTPClient.fetch("/", port: server.address.port))
        #expect(head.hasPrefix("HTTP/1.1 200"))
        #expect(head.contains("Content-Type: text/html; charset=utf-8"))
        #expect(head.contains("default-src 'none'"))
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains("<title>Ocellus live</title>"))
        for match in text.matches(of: /(?:src|href)=["']([^"'>]+)/) {
            #expect(match.1.hasPrefix("/") || match.1.hasPrefix("data:"), "\(match.1)")
        }
        // The only address is the name of SVG.
        #expect(text.matches(of: /https?:\/\/([^\/'"]+)/).allSatisfy { $0.1 == "www.w3.org" })
        server.close()
    }

    @Test("statistics are what was published")
    func statistics() async throws {
        let empty = try #require(await HTTPClient.fetch("/statistics", port: server.address.port))
        #expect(String(decoding: empty.body, as: UTF8.self) == "{}")
        var report = LiveStatistics(began: 0).report(at: 5_000_000_000, damaged: 3)
        report.objects = [.init(label: "face \"é\"", score: 0.5, id: 7)]
        server.publish(report)
        let answer = try #require(await HTTPClient.fetch("/statistics?x=1", port: server.address.port))
        #expect(answer.head.contains("Content-Type: application/json"))
        #expect(try JSONDecoder().decode(LiveReport.self, from: answer.body) == report)
        server.close()
    }

    @Test("the stream brings pictures that can be decoded, with boxes in them")
    func stream() async throws {
        let show = Show(server)
        defer { show.end() }
        let client = try #require(HTTPClient(port: server.address.port))
        client.get("/stream")
        let head = try #require(await client.read(through: "\r\n\r\n"))
        #expect(String(decoding: head, as: UTF8.self).contains("multipart/x-mixed-replace; boundary=ocellus-frame"))
        for _ in 0..<3 {
            let part = try #require(await Self.part(client))
            let picture = try part.withUnsafeBytes {
                try PictureFile.decode(bytes: $0.bindMemory(to: UInt8.self), name: "part")
            }
            #expect(picture.width == 320 && picture.height == 240)
            // Mint, the colour of faces, in the middle of the box's left edge: the picture itself is grey, and lighter in
            // some frames than in others, which JPEG mixes into a thin line.
            let (red, green) = withExtendedLifetime(picture.pixels) { pixels in
                let pixel = pixels.pointer + (28 * 320 + 10) * 3
                return (pixel[0], pixel[1])
            }
            #expect(Int(green) > Int(red) + 30, "\(red) \(green)")
        }
        server.close()
    }

    @Test("ten clients watch, one of which never reads; the others and the giver do not notice")
    func clients() async throws {
        let show = Show(server)
        defer { show.end() }
        let port = server.address.port
        let idle = try #require(HTTPClient(port: port, receiveBuffer: 4096))
        idle.get("/stream")
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<9 {
                group.addTask {
                    guard let client = HTTPClient(port: port) else { return 0 }
                    client.get("/stream")
                    var count = 0
                    while count < 40, await Self.part(client) != nil { count += 1 }
                    return count
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 40, count: 9))
        // A copy of 230 kilobytes under a lock that is held for another such copy at most.
        #expect(show.longest.withLock { $0 } < 100)
        #expect(await idle.read(through: "\r\n\r\n") != nil)
        server.close()
    }

    @Test("who comes when all places are taken gets a sentence; a place becomes free")
    func full() async throws {
        let server = try await PreviewServer.start(
            PreviewAddress(port: 0), names: ["background", "face"], clientLimit: 2)
        let show = Show(server)
        defer { show.end() }
        let port = server.address.port
        var watchers = (0..<2).compactMap { _ in HTTPClient(port: port) }
        for watcher in watchers {
            watcher.get("/stream")
            #expect(await Self.part(watcher) != nil)
        }
        let refused = try #require(await HTTPClient.fetch("/stream", port: port))
        #expect(refused.head.hasPrefix("HTTP/1.1 503"))
        #expect(String(decoding: refused.body, as: UTF8.self).contains("2 clients watch already"))
        // The page and the figures are still there.
        #expect(await HTTPClient.fetch("/", port: port)?.head.hasPrefix("HTTP/1.1 200") == true)
        watchers.removeFirst()
        var isFree = false
        for _ in 0..<100 where !isFree {
            try await Task.sleep(for: .milliseconds(50))
            isFree = server.watcherCount < 2
        }
        #expect(isFree)
        server.close()
    }

    @Test("a client that takes nothing loses its place")
    func impatience() async throws {
        let server = try await PreviewServer.start(
            PreviewAddress(port: 0), names: ["background", "face"], patience: 0.5)
        // Enough bytes to fill what the kernel keeps for a client.
        let show = Show(server, isNoise: true)
        defer { show.end() }
        let client = try #require(HTTPClient(port: server.address.port, receiveBuffer: 4096))
        client.get("/stream")
        var seen = false
        var gone = false
        for _ in 0..<200 where !gone {
            try await Task.sleep(for: .milliseconds(50))
            seen = seen || server.isWatched
            gone = seen && !server.isWatched
        }
        #expect(gone)
        withExtendedLifetime(client) {}
        server.close()
    }

    @Test("nothing is encoded for nobody, and a snapshot is one picture")
    func snapshot() async throws {
        #expect(!server.isWatched)
        let missing = try #require(await HTTPClient.fetch("/snapshot.jpg", port: server.address.port))
        #expect(missing.head.hasPrefix("HTTP/1.1 503"))
        let show = Show(server)
        defer { show.end() }
        let (head, body) = try #require(await HTTPClient.fetch("/snapshot.jpg", port: server.address.port))
        #expect(head.contains("Content-Type: image/jpeg"))
        #expect(head.contains("Content-Length: \(body.count)"))
        #expect(body.starts(with: [0xFF, 0xD8]) && body.suffix(2).elementsEqual([0xFF, 0xD9]))
        server.close()
    }

    @Test("other paths, other methods and other names are refused with a sentence")
    func refusals() async throws {
        let port = server.address.port
        let cases: [(String, String, String, String)] = [
            ("GET", "/nothing", "127.0.0.1", "404"), ("POST", "/", "127.0.0.1", "405"),
            ("GET", "/", "evil.example:8080", "421"), ("GET", "/../etc/passwd", "localhost", "404"),
        ]
        for (method, path, host, status) in cases {
            let answer = try #require(await HTTPClient.fetch(path, port: port, host: host, method: method))
            #expect(answer.head.hasPrefix("HTTP/1.1 \(status)"), "\(path)")
            #expect(answer.body.count > 10)
        }
        for host in ["localhost:\(port)", "127.0.0.1:\(port)", "[::1]:\(port)"] {
            #expect(await HTTPClient.fetch("/", port: port, host: host)?.head.hasPrefix("HTTP/1.1 200") == true)
        }
        let head = try #require(await HTTPClient.fetch("/", port: port, method: "HEAD"))
        #expect(head.head.hasPrefix("HTTP/1.1 200") && head.body.isEmpty)
        // What is no HTTP ends the connection, and nothing else.
        let client = try #require(HTTPClient(port: port))
        client.send("\u{0}\u{1}garbage\r\n\r\n")
        _ = await client.readAll()
        #expect(await HTTPClient.fetch("/", port: port)?.head.hasPrefix("HTTP/1.1 200") == true)
        server.close()
    }

    @Test("a port that is taken is an error that says what to do")
    func taken() async throws {
        let error = await #expect(throws: OcellusError.self) {
            try await PreviewServer.start(PreviewAddress(port: server.address.port), names: [])
        }
        #expect(error?.message.contains("Address already in use: choose another") == true)
        server.close()
    }

    @Test("addresses are ports, or hosts with ports")
    func addresses() {
        #expect(PreviewAddress("8080") == PreviewAddress(host: "127.0.0.1", port: 8080))
        #expect(PreviewAddress("0.0.0.0:80")?.url == "http://127.0.0.1:80")
        #expect(PreviewAddress("[::1]:81")?.url == "http://[::1]:81")
        #expect(PreviewAddress("localhost:82")?.isLoopback == true)
        #expect(PreviewAddress("192.168.1.7:82")?.isLoopback == false)
        for text in ["", "x", "70000", ":", ":80", "h:", "1.2.3.4:-1", "h:8080x"] {
            #expect(PreviewAddress(text) == nil, "\(text)")
        }
    }
}
