// From a picture's labelled objects to what each anchor is to learn. Theory: docs/training.md.
// The offsets themselves are BoxCoder's and LandmarkCoder's.
import CTrainingKernels
import OcellusData
import OcellusDetection
import OcellusTensor

/// Gives each object its anchors. One thread at a time: it has working memory.
public final class AnchorMatcher {
    /// What matching one picture came to.
    public struct Summary: Sendable, Equatable {
        /// Anchors that learn an object.
        public var positives = 0
        /// Anchors that count nowhere.
        public var ignored = 0
        /// Objects without any anchor: every anchor that touches them is the best one of another object.
        public var unmatched = 0

        public init(positives: Int = 0, ignored: Int = 0, unmatched: Int = 0) {
            self.positives = positives
            self.ignored = ignored
            self.unmatched = unmatched
        }
    }

    public let anchors: Anchors
    public let settings: MatchingSettings
    let boxCoder: BoxCoder
    let landmarkCoder: LandmarkCoder
    let edges: AnchorEdges
    /// One number for each anchor.
    let overlaps: Buffer<Float>
    let best: Buffer<Float>
    let owners: Buffer<Int32>
    let taken: Buffer<UInt8>

    /// Throws `.outOfMemory`.
    public convenience init(
        anchors: Anchors, boxCoder: BoxCoder = BoxCoder(), landmarkCoder: LandmarkCoder = LandmarkCoder(),
        settings: MatchingSettings
    ) throws(OcellusError) {
        let count = anchors.count
        self.init(
            anchors, boxCoder, landmarkCoder, settings, try AnchorEdges(anchors), try Buffer(count: count),
            try Buffer(count: count), try Buffer(count: count), try Buffer(count: count))
    }

    private init(
        _ anchors: Anchors, _ boxCoder: BoxCoder, _ landmarkCoder: LandmarkCoder, _ settings: MatchingSettings,
        _ edges: AnchorEdges, _ overlaps: Buffer<Float>, _ best: Buffer<Float>, _ owners: Buffer<Int32>,
        _ taken: Buffer<UInt8>
    ) {
        self.anchors = anchors
        self.boxCoder = boxCoder
        self.landmarkCoder = landmarkCoder
        self.settings = settings
        self.edges = edges
        self.overlaps = overlaps
        self.best = best
        self.owners = owners
        self.taken = taken
    }

    /// Writes the targets of one picture of the batch; boxes and landmarks of `truths` are in pixels of the network's
    /// input. A truth outside the input is allowed as long as it touches an anchor.
    ///
    /// Throws `.invalidArgument`, naming the truth, for a box without area or with an edge that is not finite, a
    /// label below 1, landmarks that are not finite or a landmark weight outside 0...1; the targets then are unchanged.
    @discardableResult
    public func match(
        _ truths: [GroundTruth], into targets: AnchorTargets, picture: Int
    ) throws(OcellusError) -> Summary {
        guard targets.anchors == anchors.count, 0..<targets.batch ~= picture else {
            throw OcellusError(
                .invalidArgument,
                "targets of \(targets.batch) pictures with \(targets.anchors) anchors cannot take picture \(picture) "
                    + "of a matcher with \(anchors.count) anchors")
        }
        let boxes = try normalised(truths)
        targets.fill(picture, label: 0)
        taken.elements.update(repeating: 0)
        best.elements.update(repeating: 0)
        owners.elements.update(repeating: -1)
        let learnt = truths.indices.filter { !isIgnored(truths[$0]) }
        let unmatched = assign(learnt, boxes)
        let labels = targets.labels.pointer + picture * anchors.count
        // Ignored truths first: what a real one claims is written over it.
        for index in truths.indices where isIgnored(truths[index]) { ignore(boxes[index], labels) }
        var summary = Summary(unmatched: unmatched)
        for anchor in 0..<anchors.count {
            let owner = Int(owners.pointer[anchor])
            if owner >= 0, taken.pointer[anchor] != 0 || best.pointer[anchor] >= settings.positive {  // (1)
                let row = picture * anchors.count + anchor
                if write(truths[owner], boxes[owner], anchor, row, targets) { summary.positives += 1 }
            } else if best.pointer[anchor] >= settings.negative {  // (2)
                labels[anchor] = -1
            }
            if labels[anchor] < 0 { summary.ignored += 1 }
        }
        return summary
    }

    private func isIgnored(_ truth: GroundTruth) -> Bool {
        truth.isIgnored || (truth.isDifficult && settings.ignoresDifficult)
    }
}
