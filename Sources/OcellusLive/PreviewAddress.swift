// Where the preview listens: [HOST:]PORT, loopback unless a host is given.
import OcellusTensor

/// An address to listen on.
public struct PreviewAddress: Sendable, Equatable {
    /// An IPv4 or IPv6 address.
    public var host: String
    /// 0 lets the system choose.
    public var port: UInt16

    public init(host: String = "127.0.0.1", port: UInt16) {
        self.host = host
        self.port = port
    }

    /// "8080", "0.0.0.0:8080", "[::]:8080", "localhost:8080"; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else {
            guard let port = UInt16(text) else { return nil }
            self.init(port: port)
            return
        }
        guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" { host = "127.0.0.1" }
        if host == "*" { host = "0.0.0.0" }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: port)
    }

    var isIPv6: Bool { host.contains(":") }

    /// Whether only this machine can connect.
    public var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// For a browser on this machine.
    public var url: String {
        let isAny = host == "0.0.0.0" || host == "::"
        return "http://" + (isAny ? "127.0.0.1" : isIPv6 ? "[\(host)]" : host) + ":\(port)"
    }
}
