// How the preview's server is started, and started again should it stop.
import FlyingFox
import FlyingSocks
import Foundation
import OcellusTensor

extension PreviewServer {
    /// A server that is about to listen.
    struct Launch: Sendable {
        let wanted: PreviewAddress
        let routes: PreviewRoutes
        private let server: HTTPServer

        init(_ wanted: PreviewAddress, _ clientLimit: Int, _ patience: Double) throws(OcellusError) {
            self.wanted = wanted
            routes = PreviewRoutes(broadcast: PreviewBroadcast(limit: clientLimit), isLoopback: wanted.isLoopback)
            server = HTTPServer(config: try Launch.configuration(wanted, patience))
        }

        /// Tells once whether it listens, and on which port; runs until the task is cancelled.
        func run(_ tell: @escaping @Sendable (FirstOutcome.Outcome) -> Void) -> Task<Void, Never> {
            let outcome = FirstOutcome(tell)
            Task {
                // Ends without listening when `serve` fails, whose reason came first.
                try? await server.waitUntilListening(timeout: 10)
                outcome.set(.success(await server.port ?? wanted.port))
            }
            return Task { await serve(outcome) }
        }

        /// Runs the server, and runs it again should it stop: out of descriptors, for example.
        private func serve(_ outcome: FirstOutcome) async {
            await routes.add(to: server)
            while !Task.isCancelled {
                do {
                    try await server.run()
                } catch {
                    outcome.set(.failure(Launch.reason(error)))
                }
                try? await Task.sleep(for: .seconds(1))
            }
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
                    "\(wanted.host): expected an IPv4 or IPv6 address of this machine, such as 0.0.0.0 for all of them"
                )
            }
        }

        private static func reason(_ error: any Error) -> String {
            if case .failed(_, let number, _)? = error as? SocketError { return String(cString: strerror(number)) }
            return error.localizedDescription
        }
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
