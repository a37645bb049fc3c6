// What the preview answers: `/` the page, `/stream` MJPEG, `/statistics` JSON, `/snapshot.jpg` one picture.
import FlyingFox
import Foundation
import Synchronization

/// The answers, and what they are made of.
final class PreviewRoutes: Sendable {
    /// Seconds until a snapshot is given up.
    private static let snapshotPatience = 3.0

    let broadcast: PreviewBroadcast
    let report = Mutex<LiveReport?>(nil)
    /// Whether requests must name this machine: a page elsewhere could otherwise reach in through its own name.
    private let isLoopback: Bool

    init(broadcast: PreviewBroadcast, isLoopback: Bool) {
        self.broadcast = broadcast
        self.isLoopback = isLoopback
    }

    func add(to server: HTTPServer) async {
        await server.appendRoute("GET,HEAD *") { [self] request in await answer(request) }
        await server.appendRoute("*") { _ in
            PreviewRoutes.text(.methodNotAllowed, "Only GET and HEAD are answered here.")
        }
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        guard isNamedRightly(request) else {
            return PreviewRoutes.text(.misdirectedRequest, "This preview answers to localhost only.")
        }
        let answer: HTTPResponse
        switch request.path {
        case "/": answer = PreviewRoutes.page
        case "/stream": return request.method == .HEAD ? PreviewRoutes.streamHead(Data()) : stream()
        case "/statistics": answer = statistics()
        case "/snapshot.jpg": answer = await snapshot()
        default: answer = PreviewRoutes.text(.notFound, "Here are /, /stream, /statistics and /snapshot.jpg.")
        }
        guard request.method == .HEAD, case .httpBody(let body) = answer.payload else { return answer }
        var head = answer
        head.headers[.contentLength] = String(body.count ?? 0)
        head.payload = .httpBody(HTTPBodySequence(data: Data()))
        return head
    }

    private func isNamedRightly(_ request: HTTPRequest) -> Bool {
        guard isLoopback, let host = request.headers[.host]?.lowercased() else { return true }
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
        return ["localhost", "127.0.0.1", "[::1]"].contains(name)
    }

    private func stream() -> HTTPResponse {
        guard let pictures = broadcast.watch() else { return busy }
        var response = PreviewRoutes.streamHead(Data())
        response.payload = .httpBody(HTTPBodySequence(from: PreviewStream(pictures: pictures)))
        return response
    }

    private func snapshot() async -> HTTPResponse {
        guard let pictures = broadcast.watch() else { return busy }
        let picture = await withTaskGroup(of: PreviewPicture?.self) { group in
            group.addTask {
                for await picture in pictures { return picture }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(PreviewRoutes.snapshotPatience))
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let picture else {
            return PreviewRoutes.text(.serviceUnavailable, "There is no picture at the moment: the camera is away.")
        }
        return PreviewRoutes.response(.ok, "image/jpeg", picture.jpeg)
    }

    private func statistics() -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = report.withLock { $0 }.flatMap { try? encoder.encode($0) } ?? Data("{}".utf8)
        return PreviewRoutes.response(.ok, "application/json", data)
    }

    private var busy: HTTPResponse {
        PreviewRoutes.text(
            .serviceUnavailable, "\(broadcast.limit) clients watch already, which is the most: close one and try again."
        )
    }

    private static let page = response(
        .ok, "text/html; charset=utf-8", Data(PreviewPage.html.utf8),
        policy: "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; "
            + "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

    private static func streamHead(_ data: Data) -> HTTPResponse {
        response(.ok, "multipart/x-mixed-replace; boundary=\(PreviewPicture.boundary)", data)
    }

    private static func text(_ status: HTTPStatusCode, _ sentence: String) -> HTTPResponse {
        response(status, "text/plain; charset=utf-8", Data((sentence + "\n").utf8))
    }

    /// Nothing here may be stored, nor used by pages from elsewhere.
    private static func response(
        _ status: HTTPStatusCode, _ type: String, _ data: Data, policy: String = "default-src 'none'"
    ) -> HTTPResponse {
        let headers: HTTPHeaders = [
            .contentType: type, .cacheControl: "no-store", HTTPHeader("Content-Security-Policy"): policy,
            HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin", HTTPHeader("X-Content-Type-Options"): "nosniff",
        ]
        return HTTPResponse(statusCode: status, headers: headers, body: data)
    }
}
