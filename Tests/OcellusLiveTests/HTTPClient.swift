// A client over a plain socket, for the few things a browser would do, and for those it would not.
import Foundation

/// A connection to a port of this machine.
final class HTTPClient: @unchecked Sendable {
    private let socket: Int32
    /// What was received and not taken yet.
    private var pending = Data()

    init?(port: UInt16, receiveBuffer: Int32? = nil) {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            return nil
        }
    }

    deinit { close(socket) }

    func send(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { Foundation.write(socket, $0.baseAddress, $0.count) }
    }

    func get(_ path: String, host: String = "127.0.0.1", method: String = "GET") {
        send("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
    }

    /// Bytes up to and with `mark`; nil when the connection ends or nothing comes for ten seconds.
    func read(through mark: String) async -> Data? {
        let mark = Data(mark.utf8)
        while true {
            if let range = pending.range(of: mark) {
                let result = pending[pending.startIndex..<range.upperBound]
                pending = Data(pending[range.upperBound...])
                return Data(result)
            }
            guard await receive() else { return nil }
        }
    }

    /// Everything until the connection ends.
    func readAll() async -> Data {
        while await receive() {}
        defer { pending = Data() }
        return pending
    }

    /// On a thread of its own: the server runs on those of tasks.
    private func receive() async -> Bool {
        let bytes = await onThread { [socket] in
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = Foundation.read(socket, &buffer, buffer.count)
            return Array(buffer.prefix(max(0, count)))
        }
        pending.append(contentsOf: bytes)
        return !bytes.isEmpty
    }

    /// Status and body of an answer that was asked for with `get`.
    static func fetch(_ path: String, port: UInt16, host: String = "127.0.0.1", method: String = "GET") async -> (
        head: String, body: Data
    )? {
        guard let client = HTTPClient(port: port) else { return nil }
        client.get(path, host: host, method: method)
        guard let head = await client.read(through: "\r\n\r\n") else { return nil }
        return (String(decoding: head, as: UTF8.self), await client.readAll())
    }
}
