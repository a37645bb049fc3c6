// The cameras that this system has, for people who choose one and for messages.

/// A `/dev/video` node that can be opened, and what it offers.
public struct CameraDescription: Sendable {
    /// A picture format of a node.
    public struct Format: Sendable {
        public let code: FourCC
        /// The driver's own words.
        public let name: String
        public let sizes: [Size]
        /// Whether the library reads it without help from libv4l.
        public let isNative: Bool
    }

    /// A size; a range of sizes that a driver offers is given by its smallest and its largest.
    public struct Size: Sendable {
        public let width: Int
        public let height: Int
        /// Frames a second, fastest first; empty when the driver does not say.
        public let rates: [Double]
    }

    public let path: String
    public let card: String
    public let driver: String
    public let busInfo: String
    public let formats: [Format]
    /// Whether `Camera` can read it; if not, `reason` says why.
    public var isUsable: Bool { reason == nil }
    public let reason: String?
}

/// Looking around.
public enum CameraList {
    /// Every `/dev/video` node by number, also those of no use (with the reason, such as missing permission).
    public static func devices() -> [CameraDescription] { [] }
}
