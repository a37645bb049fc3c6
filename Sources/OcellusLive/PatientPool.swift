// Waiting for sockets with an end: a client that neither reads nor writes loses its connection, and with it its place.
import FlyingSocks
import Foundation

/// Another pool whose waits for data and for room have a time limit. Waiting for new connections has none.
struct PatientPool: AsyncSocketPool {
    let base: any AsyncSocketPool
    /// Seconds that a socket may stay without reading or writing.
    let patience: Double

    func prepare() async throws { try await base.prepare() }

    func run() async throws { try await base.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        if events == .connection {
            // Connections inherit it. More would only delay what a slow client sees.
            var bytes: Int32 = 96 << 10
            setsockopt(socket.file.rawValue, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
            return try await base.suspendSocket(socket, untilReadyFor: events)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await base.suspendSocket(socket, untilReadyFor: events) }
            group.addTask {
                try await Task.sleep(for: .seconds(patience))
                throw SocketError.timeout(message: "nothing read or written for \(patience) s")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
