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

    /// Listens when it returns. Blocks its thread until then: tasks use `start`. `names[label]` is the name of a class,
    /// `names[0]` the background.
    ///
    /// Throws `.io` when the address cannot be listened on, `.invalidArgument` when it is none.
    public convenience init(
        _ wanted: PreviewAddress, names: [String], clientLimit: Int = clientLimit, patience: Double = patience
    ) throws(OcellusError) {
        let launch = try Launch(wanted, clientLimit, patience)
        let answer = Mutex(FirstOutcome.Outcome.failure("no answer"))
        let ready = DispatchSemaphore(value: 0)
        let task = launch.run { outcome in
            answer.withLock { $0 = outcome }
            ready.signal()
        }
        ready.wait()
        try self.init(launch, names, task, answer.withLock { $0 })
    }

    /// As the initialiser, for tasks.
    public static func start(
        _ wanted: PreviewAddress, names: [String], clientLimit: Int = clientLimit, patience: Double = patience
    ) async throws(OcellusError) -> PreviewServer {
        let launch = try Launch(wanted, clientLimit, patience)
        let task = Mutex<Task<Void, Never>?>(nil)
        let outcome = await withCheckedContinuation { continuation in
            let running = launch.run { continuation.resume(returning: $0) }
            task.withLock { $0 = running }
        }
        return try PreviewServer(launch, names, task.withLock { $0 } ?? Task {}, outcome)
    }

    private convenience init(
        _ launch: Launch, _ names: [String], _ task: Task<Void, Never>, _ outcome: FirstOutcome.Outcome
    ) throws(OcellusError) {
        let wanted = launch.wanted
        switch outcome {
        case .success(let port):
            self.init(PreviewAddress(host: wanted.host, port: port), launch.routes, names, task)
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
}
