// The page in a real browser, where there is one: a picture with a box, figures that move, and the loss of a camera.
import Foundation
import OcellusFiles
import OcellusImage
import OcellusLive
import Testing

@Suite(.enabled(if: Browser.path != nil, "needs Chromium"), .serialized)
struct BrowserTests {
    private let server: PreviewServer

    init() async throws {
        server = try await PreviewServer.start(PreviewAddress(port: 0), names: ["background", "face"])
    }

    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("\(what) did not happen within a minute")
    }

    /// Shows frames and figures until the test is over.
    private func present(_ number: Int, _ image: RGBImage, _ statistics: inout LiveStatistics) throws {
        let frame = Sample.frame(image, number: number, timestamp: Double(number) / 20)
        statistics.arrived(skipped: 0, at: LiveClock.now)
        statistics.looked(inference: 3, latency: 4, at: LiveClock.now)
        try server.offer(frame, [Sample.face(score: 0.9)])
        var report = statistics.report(at: LiveClock.now, damaged: 0)
        report.objects = [.init(label: "face", score: 0.9, id: 7)]
        report.source = "a test"
        server.publish(report)
    }

    @Test("boxes are in the picture, figures move, and a lost camera is said", .timeLimit(.minutes(5)))
    func page() async throws {
        let browser = try await Browser(width: 1000, height: 700)
        var statistics = LiveStatistics()
        let image = try Sample.picture(width: 320, height: 240)
        var number = 0
        func next() async throws {
            try present(number, image, &statistics)
            number += 1
            try await Task.sleep(for: .milliseconds(50))
        }
        try await browser.open(server.address.url)
        try await wait("a picture") {
            try await next()
            return try await browser.evaluate("document.getElementById('picture')?.naturalWidth") == "320"
        }
        try await wait("a state") {
            try await next()
            return try await browser.evaluate("document.getElementById('state').textContent") == "live"
        }
        let frames = "document.getElementById('frames').textContent"
        let before = try await browser.evaluate(frames)
        try await wait("figures that move") {
            try await next()
            return try await browser.evaluate(frames) != before
        }
        #expect(try await browser.evaluate("document.getElementById('objects').textContent") == "face#70.90")
        #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")

        let screenshot = try await browser.screenshot().withUnsafeBufferPointer {
            try PictureFile.decode(bytes: $0, name: "screenshot")
        }
        if let target = ProcessInfo.processInfo.environment["OCELLUS_SCREENSHOT"] {
            try PictureFile.write(screenshot, path: target)
        }
        // The box is mint, on a picture that has no colour.
        let mint = (0..<screenshot.width * screenshot.height).count { index in
            let pixel = screenshot.pixels.pointer + index * 3
            return index % screenshot.width < screenshot.width / 2 && abs(Int(pixel[0]) - 52) < 40
                && abs(Int(pixel[1]) - 216) < 30 && abs(Int(pixel[2]) - 140) < 40
        }
        #expect(mint > 400)

        var report = statistics.report(at: LiveClock.now, damaged: 0)
        report.state = "lost"
        report.lostSeconds = 4.2
        server.publish(report)
        let notice = "document.getElementById('notice')"
        try await wait("the news of the lost camera") { try await browser.evaluate(notice + ".hidden") == "false" }
        #expect(try await browser.evaluate(notice + ".textContent") == "Camera lost, waiting for it (4 s)")
        server.close()
        try await wait("the news of the lost server") {
            try await browser.evaluate("document.getElementById('state').textContent") == "not connected"
        }
    }
}
