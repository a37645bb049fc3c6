// The preview in a browser: a page, the annotated stream, statistics and a snapshot, over HTTP (FlyingFox).
// It runs beside the detection thread and never holds it up. What it answers stands in PreviewRoutes.swift.
import FlyingFox
import FlyingSocks
import Foundation
import OcellusTensor
import Synchronization

/// Serves until it is closed. `offer` and `publish` are called by the detection thread.
public final class PreviewServer: Sendable {
    /// Most clients that watch the stream at a time.
    public static let clientLimit = 16
    /// Seconds that a client may keep a connection without reading or writing.
    public static let patience = 20.0

    /// Where it listens, with the port that the system chose.
    public let address: PreviewAddress
    private let routes: PreviewRoutes
    private let encoder: PreviewEncoder
    private let task: Task<Void, Never>

    /// Listens when it returns. Blocks its thread until then: not to be called from a task. `names[label]` is the name of a class, `names[0]` the background.
    ///
    /// Throws `.io` when the address cannot be listened on, `.invalidArgument` when it is none.
    public convenience init(
        _ wanted: PreviewAddress, names: [String], clientLimit: Int = clientLimit, patience: Double = patience
    ) throws(OcellusError) {
        let routes = PreviewRoutes(broadcast: PreviewBroadcast(limit: clientLimit), isLoopback: wanted.isLoopback)
        let server = HTTPServer(config: try PreviewServer.configuration(wanted, patience))
        let outcome = FirstOutcome()
        let task = Task { await PreviewServer.serve(server, routes, outcome) }
        Task {
            // Fails when `serve` does, whose reason came first.
            try? await server.waitUntilListening(timeout: 10)
            outcome.set(.success(await server.port ?? wanted.port))
        }
        switch outcome.wait() {
        case .success(let port):
            self.init(PreviewAddress(host: wanted.host, port: port), routes, names, task)
        case .failure(let reason):
            task.cancel()
            throw OcellusError(
                .io, "cannot listen on \(wanted.host):\(Int(wanted.port)): \(reason): choose another [HOST:]PORT")
        }
    }

    private init(_ address: PreviewAddress, _ routes: PreviewRoutes, _ names: [String], _ task: Task<Void, Never>) {
        self.address = address
        self.routes = routes
        self.task = task
        encoder = PreviewEncoder(broadcast: routes.broadcast, names: names)
    }

    /// Whether somebody watches: nothing is copied or encoded for nobody.
    public var isWatched: Bool { routes.broadcast.isWatched }

    /// How many watch.
    public var watcherCount: Int { routes.broadcast.watcherCount }

    /// Shows a frame to those who watch: copies it and returns. Throws `.outOfMemory`.
    public func offer(_ frame: LiveFrame, _ detections: [TrackedDetection]) throws(OcellusError) {
        try encoder.offer(frame, detections)
    }

    /// What `/statistics` answers from now on.
    public func publish(_ report: LiveReport) { routes.report.withLock { $0 = report } }

    /// Ends all connections.
    public func close() {
        encoder.close()
        routes.broadcast.finish()
        task.cancel()
    }

    private static func configuration(
        _ wanted: PreviewAddress, _ patience: Double
    ) throws(OcellusError) -> HTTPServer.Configuration {
        let pool = PatientPool(base: HTTPServer.defaultPool(), patience: patience)
        do {
            let address: any SocketAddress =
                wanted.isIPv6
                ? try sockaddr_in6.inet6(ip6: wanted.host, port: wanted.port)
                : try sockaddr_in.inet(ip4: wanted.host, port: wanted.port)
            return HTTPServer.Configuration(address: address, pool: pool, logger: .disabled)
        } catch {
            throw OcellusError(
                .invalidArgument,
                "\(wanted.host): expected an IPv4 or IPv6 address of this machine, such as 0.0.0.0 for all of them")
        }
    }

    /// Runs the server, and runs it again should it stop: out of descriptors, for example.
    private static func serve(_ server: HTTPServer, _ routes: PreviewRoutes, _ outcome: FirstOutcome) async {
        await routes.add(to: server)
        while !Task.isCancelled {
            do {
                try await server.run()
            } catch {
                outcome.set(.failure(PreviewServer.reason(error)))
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private static func reason(_ error: any Error) -> String {
        if case .failed(_, let number, _)? = error as? SocketError { return String(cString: strerror(number)) }
        return error.localizedDescription
    }
}

extension HTTPServer {
    /// The port it listens on.
    fileprivate var port: UInt16? {
        switch listeningAddress {
        case .ip4(_, let port), .ip6(_, let port): port
        default: nil
        }
    }
}
