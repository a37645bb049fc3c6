// Which object of this frame is which of the last: greedy matching by overlap, class by class.
// No motion model and no appearance: at camera rates an object overlaps itself.
import OcellusDetection

/// Gives detections identities that last. One thread at a time; memory is bounded by `capacity`.
public struct Tracker: Sendable {
    /// How objects are followed.
    public struct Settings: Sendable {
        /// Least overlap (intersection over union) with the last place, 0...1.
        public var minimumOverlap: Float = 0.3
        /// Seconds an object may stay unseen before its identity is given up…
        public var patience: Double = 0.8
        /// …and frames, so that a slow machine follows too.
        public var patienceFrames = 3
        /// Smooths boxes and landmarks with these settings; nil leaves them as they are.
        public var smoothing: OneEuroFilter.Settings?

        public init() {}
    }

    /// Most objects followed at a time; more get no identity.
    public static let capacity = 256

    public let settings: Settings
    private var tracks: [Track] = []
    private var pairs: [Pair] = []
    /// Detections and tracks that have found each other.
    private var taken: [Bool] = []
    private var followed: [Bool] = []
    private var lastIdentity = 0

    private struct Pair {
        let overlap: Float
        let track: Int
        let detection: Int
    }

    public init(settings: Settings = Settings()) {
        self.settings = settings
        tracks.reserveCapacity(Tracker.capacity)
        pairs.reserveCapacity(1024)
    }

    /// The detections of the frame taken at `timestamp` (seconds, any clock that goes forward), in their order.
    public mutating func update(
        _ detections: some RandomAccessCollection<Detection>, timestamp: Double
    ) -> [TrackedDetection] {
        // A clock set back would keep what is gone for ever.
        tracks.removeAll { track in
            let away = timestamp - track.lastSeen
            return away < 0 || (away > settings.patience && track.missed >= settings.patienceFrames)
        }
        var found = detections.map { TrackedDetection($0) }
        match(found)
        for pair in pairs where !taken[pair.detection] && !followed[pair.track] {
            taken[pair.detection] = true
            followed[pair.track] = true
            found[pair.detection].identity = tracks[pair.track].identity
            found[pair.detection].detection = tracks[pair.track].follow(
                found[pair.detection].detection, timestamp, settings.smoothing)
        }
        for (place, isFollowed) in followed.enumerated() where !isFollowed { tracks[place].missed += 1 }
        for index in found.indices where !taken[index] && tracks.count < Tracker.capacity {
            lastIdentity += 1
            found[index].identity = lastIdentity
            tracks.append(Track(found[index].detection, identity: lastIdentity, timestamp, settings.smoothing))
        }
        return found
    }

    /// All pairs that overlap enough, best first; equal ones by age, so that the result does not depend on chance.
    private mutating func match(_ found: [TrackedDetection]) {
        pairs.removeAll(keepingCapacity: true)
        taken.removeAll(keepingCapacity: true)
        followed.removeAll(keepingCapacity: true)
        followed.append(contentsOf: repeatElement(false, count: tracks.count))
        for (index, candidate) in found.enumerated() {
            taken.append(false)
            for (place, track) in tracks.enumerated() where track.label == candidate.detection.label {
                let overlap = track.box.intersectionOverUnion(candidate.detection.box)
                if overlap >= settings.minimumOverlap {
                    pairs.append(Pair(overlap: overlap, track: place, detection: index))
                }
            }
        }
        pairs.sort { ($0.overlap, -$0.track, -$0.detection) > ($1.overlap, -$1.track, -$1.detection) }
    }
}
