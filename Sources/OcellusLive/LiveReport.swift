// The numbers of a session at one moment: the status line and the page's statistics are made of them.

/// Statistics and state, as `/statistics` sends them in JSON.
public struct LiveReport: Codable, Sendable, Equatable {
    /// Milliseconds.
    public struct Percentiles: Codable, Sendable, Equatable {
        public var median: Double
        public var percentile99: Double

        enum CodingKeys: String, CodingKey {
            case median
            case percentile99 = "p99"
        }
    }

    /// One object of the last frame that was looked at.
    public struct Object: Codable, Sendable, Equatable {
        public var label: String
        public var score: Double
        public var id: Int?

        public init(label: String, score: Double, id: Int?) {
            self.label = label
            self.score = score
            self.id = id
        }
    }

    /// Seconds since the beginning.
    public var seconds: Double
    /// Frames that the source brought: those looked at, the skipped and the still ones.
    public var frames: Int
    public var detected: Int
    public var skipped: Int
    public var still: Int
    /// Frames whose contents were damaged.
    public var damaged: Int
    /// Frames a second of the source.
    public var sourceRate: Double
    /// Frames a second that the detector looked at.
    public var detectionRate: Double
    /// The detector alone.
    public var inference: Percentiles
    /// From frame available to detections out.
    public var latency: Percentiles
    /// The same of the last frame, milliseconds.
    public var delay: Double
    /// The first line: device, size, format, rate.
    public var source = ""
    /// Model and arithmetic.
    public var model = ""
    /// "running", "lost" or "ended".
    public var state = "running"
    /// Seconds since the source was lost, in state "lost".
    public var lostSeconds: Double?
    public var objects: [Object] = []
    /// Pictures saved, where something records.
    public var recorded: Int?
}
