// A headless Chromium, driven over its debugging pipe (Chrome DevTools Protocol: JSON, each message ended by a zero).
import Foundation

/// A browser with one page. Throws where it does not answer within a minute.
final class Browser {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let folder: TemporaryFolder
    private var commands: Int32 = -1
    private var answers: Int32 = -1
    private var pending: [UInt8] = []
    private var lastNumber = 0
    private var session: String?

    init(width: Int, height: Int) async throws {
        folder = try TemporaryFolder()
        guard let path = Browser.path else { throw Failure(description: "no browser") }
        let (input, output) = (folder.path + "/input", folder.path + "/output")
        mkfifo(input, 0o600)
        mkfifo(output, 0o600)
        // Both ends, so that neither side waits for the other to open.
        commands = Foundation.open(input, O_RDWR)
        answers = Foundation.open(output, O_RDWR)
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$0\" \"$@\" 3<'\(input)' 4>'\(output)' 2>/dev/null", path, "--headless", "--no-sandbox",
            "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            "--user-data-dir=\(folder.path)/profile", "--window-size=\(width),\(height)", "about:blank",
        ]
        try process.run()
        let targets = try await call("Target.getTargets", [:])
        let pages = (targets["targetInfos"] as? [[String: Any]] ?? []).filter { $0["type"] as? String == "page" }
        guard let target = pages.first?["targetId"] as? String else { throw Failure(description: "no page") }
        session =
            try await call("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        close(commands)
        close(answers)
    }

    func open(_ url: String) async throws { _ = try await call("Page.navigate", ["url": url]) }

    /// The value of an expression, as text.
    func evaluate(_ expression: String) async throws -> String {
        let answer = try await call("Runtime.evaluate", ["expression": "String(\(expression))", "returnByValue": true])
        return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
    }

    /// What the page looks like, as the bytes of a PNG.
    func screenshot() async throws -> [UInt8] {
        let answer = try await call("Page.captureScreenshot", ["format": "png"])
        return Array(Data(base64Encoded: answer["data"] as? String ?? "") ?? Data())
    }

    private func call(_ method: String, _ parameters: [String: Any]) async throws -> [String: Any] {
        lastNumber += 1
        var message: [String: Any] = ["id": lastNumber, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        let bytes = try JSONSerialization.data(withJSONObject: message) + [0]
        _ = bytes.withUnsafeBytes { write(commands, $0.baseAddress, $0.count) }
        while true {
            let answer = try await receive()
            guard answer["id"] as? Int == lastNumber else { continue }
            if let result = answer["result"] as? [String: Any] { return result }
            throw Failure(description: "\(method): \(answer)")
        }
    }

    private func receive() async throws -> [String: Any] {
        while true {
            if let end = pending.firstIndex(of: 0) {
                let message = Data(pending[..<end])
                pending.removeSubrange(...end)
                return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            }
            let bytes = await onThread { [answers] in
                var file = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let count = poll(&file, 1, 60_000) > 0 ? read(answers, &buffer, buffer.count) : 0
                return Array(buffer.prefix(max(0, count)))
            }
            guard !bytes.isEmpty else { throw Failure(description: "the browser does not answer") }
            pending += bytes
        }
    }
}
