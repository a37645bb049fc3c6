// Matchers have working memory: one for each thread.
import OcellusDetection
import OcellusModels
import OcellusTensor

extension AnchorMatcher {
    /// `count` matchers with an architecture's codings. Throws `.outOfMemory`.
    static func workers(
        _ count: Int, _ architecture: Architecture, anchors: Anchors, settings: MatchingSettings
    ) throws(OcellusError) -> [AnchorMatcher] {
        var matchers: [AnchorMatcher] = []
        for _ in 0..<count {
            matchers.append(
                try AnchorMatcher(
                    anchors: anchors, boxCoder: architecture.boxCoder,
                    landmarkCoder: architecture.landmarkCoder ?? LandmarkCoder(), settings: settings))
        }
        return matchers
    }
}
