// Cuts a row of JPEG pictures (MJPEG) into its pictures by their markers (ITU-T T.81, annex B). Bytes between pictures
// are skipped, so what `curl` brings of a multipart stream is read too. Not a decoder: contents may still be damaged.

/// Finds pictures in bytes that come in pieces of any size. Memory is bounded by `limit` and one piece.
public struct JPEGSplitter {
    /// Where the next byte belongs.
    private enum State {
        case outside, outsideFF
        case segment, marker
        case lengthHigh, lengthLow
        case skipping(Int)
        case scan, scanFF
    }

    /// Largest picture in bytes; a longer one is dropped.
    public let limit: Int
    /// Pictures that were given up: too long, broken off by the next one, or with impossible markers.
    public private(set) var dropped = 0
    /// Whether a picture has begun and not ended.
    public var isInside: Bool {
        switch state {
        case .outside, .outsideFF: false
        default: true
        }
    }
    /// Bytes of the picture that has begun.
    public var pendingCount: Int { isInside ? position - start : 0 }

    private var bytes: [UInt8] = []
    private var state = State.outside
    /// The first byte of the picture that has begun.
    private var start = 0
    /// The first byte that was not looked at.
    private var position = 0
    private var code: UInt8 = 0
    private var length = 0
    /// Bytes between the segments of the picture that has begun: many cameras leave some.
    private var strays = 0
    private static let strayLimit = 64

    public init(limit: Int = 32 << 20) { self.limit = limit }

    /// Takes in more of the stream. Ranges that `next` gave are void from here on.
    public mutating func append(_ piece: UnsafeRawBufferPointer) {
        let used = isInside ? start : max(0, position - 1)
        if used > 0 {
            bytes.removeSubrange(0..<used)
            position -= used
            start = max(0, start - used)
        }
        bytes.append(contentsOf: piece)
    }

    /// Calls `body` with the next whole picture, from its SOI to its EOI; nil when more bytes are needed first.
    public mutating func next<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        while position < bytes.count {
            if case .skipping(let count) = state {
                let step = min(count, bytes.count - position)
                position += step
                state = step < count ? .skipping(count - step) : code == 0xDA ? .scan : .segment
            } else {
                let byte = bytes[position]
                position += 1
                if take(byte) {
                    state = .outside
                    return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<position])) }
                }
            }
            if isInside, position - start > limit { drop() }
        }
        return nil
    }

    /// One step of the state machine; true behind the last byte of a picture.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch state {
        case .outside: if byte == 0xFF { state = .outsideFF }
        case .outsideFF:
            if byte == 0xD8 { begin() } else if byte != 0xFF { state = .outside }
        case .segment:
            if byte == 0xFF {
                state = .marker
            } else if code != 0, strays < JPEGSplitter.strayLimit {
                strays += 1
            } else {
                drop()
            }
        case .marker: return marker(byte)
        case .lengthHigh:
            length = Int(byte) << 8
            state = .lengthLow
        case .lengthLow:
            length += Int(byte)
            // The length counts its own two bytes.
            if length < 2 { drop() } else { state = .skipping(length - 2) }
        case .scan: if byte == 0xFF { state = .scanFF }
        case .scanFF:
            switch byte {
            case 0x00, 0xD0...0xD7: state = .scan
            case 0xFF: break
            default: return marker(byte)
            }
        case .skipping: break
        }
        return false
    }

    private mutating func marker(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xD9: return true
        case 0xFF: break
        case 0xD8:
            // The picture before was broken off.
            dropped += 1
            begin()
        case 0x00: drop()
        case 0x01, 0xD0...0xD7: state = .segment
        default:
            code = byte
            state = .lengthHigh
        }
        return false
    }

    private mutating func begin() {
        start = position - 2
        (code, strays) = (0, 0)
        state = .segment
    }

    private mutating func drop() {
        dropped += 1
        state = .outside
    }
}
