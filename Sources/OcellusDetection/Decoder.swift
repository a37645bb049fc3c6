// From head rows to detections: threshold, best few, boxes, suppression. All memory is taken in init; a frame takes
// none, and no network output can make it do more work than the settings allow. Theory: docs/anchors.md.
import CKernels
import OcellusTensor

/// The result of a decoder; valid until the decoder's next call or end.
public struct Detections {
    /// Best score first, at most `maximumDetections`.
    public let elements: UnsafeBufferPointer<Detection>
    /// How many there were before the cut to `maximumDetections`.
    public let found: Int
}

/// Turns the rows of a network into detections, in pixels of the network's input.
///
/// One thread at a time.
public final class Decoder {
    public let anchors: Anchors
    public let classes: Int
    public let boxCoder: BoxCoder
    public let landmarkCoder: LandmarkCoder?
    public let settings: DecoderSettings

    private let anchorBoxes: Buffer<AnchorBox>
    private let memory: DecoderMemory
    private let kernels: KernelSet
    private var results: Buffer<Detection> { memory.results }
    private var suppression: Suppression { memory.suppression }
    private var candidates: CandidateLists { memory.candidates }
    private var best: CandidateLists { memory.best }

    /// - Parameters:
    ///   - classes: columns of the scores, the background among them: 2 for a face detector.
    ///   - landmarkCoder: nil for networks without landmarks.
    ///   - kernels: what scores are computed with; all give the same bits.
    ///
    /// Throws `.invalidArgument` for fewer than 2 or more than 65,536 classes and for settings out of range,
    /// `.outOfMemory` when memory is short.
    public convenience init(
        anchors: Anchors, classes: Int, boxCoder: BoxCoder, landmarkCoder: LandmarkCoder? = nil,
        settings: DecoderSettings, kernels: KernelSet = .best
    ) throws(OcellusError) {
        try settings.check()
        guard 2...65536 ~= classes else {
            throw OcellusError(.invalidArgument, "\(classes) classes: 2 to 65536 with the background")
        }
        let lists = settings.suppression == .agnostic ? 1 : classes - 1
        guard lists == 1 || settings.blendOverlap == nil else {
            throw OcellusError(
                .invalidArgument, "blending is for boxes that all compete in one list, found \(lists) classes apart")
        }
        // No list can hold more than all that could enter it: keeps small networks small.
        let entrants = settings.suppression == .agnostic ? anchors.count * (classes - 1) : anchors.count
        let capacity = min(settings.candidatesPerClass, entrants)
        guard lists * capacity <= 1 << 24 else {
            throw OcellusError(
                .invalidArgument,
                "\(lists) lists of \(capacity) candidates are too many: at most \(1 << 24) in all; lower "
                    + "candidatesPerClass")
        }
        let maximum = min(settings.maximumDetections, lists * capacity)
        let memory = try DecoderMemory(
            lists: lists, capacity: capacity, maximum: maximum, classes: classes,
            blendOverlap: settings.blendOverlap)
        self.init(
            anchors, try Buffer(anchors.boxes), classes, boxCoder, landmarkCoder, settings, memory, kernels)
    }

    private init(
        _ anchors: Anchors, _ anchorBoxes: Buffer<AnchorBox>, _ classes: Int, _ boxCoder: BoxCoder,
        _ landmarkCoder: LandmarkCoder?, _ settings: DecoderSettings, _ memory: DecoderMemory,
        _ kernels: KernelSet
    ) {
        self.anchors = anchors
        self.anchorBoxes = anchorBoxes
        self.classes = classes
        self.boxCoder = boxCoder
        self.landmarkCoder = landmarkCoder
        self.settings = settings
        self.memory = memory
        self.kernels = kernels
    }

    /// Detections of one frame, best first; ties in the order of the rows. Takes no memory.
    ///
    /// A row with a NaN where it matters, and a box without a finite positive area, is not a detection. Boxes are not
    /// clipped to the input.
    ///
    /// Throws `.invalidArgument` when the rows' sizes are not those of this decoder.
    public func decode(_ rows: HeadRows, _ thresholds: Thresholds) throws(OcellusError) -> Detections {
        try decodeRows(rows, thresholds)
    }

    func decodeRows(_ rows: some DecodableRows, _ thresholds: Thresholds) throws(OcellusError) -> Detections {
        try rows.check(anchors: anchors.count, classes: classes)
        candidates.clear()
        best.clear()
        rows.collect(
            settings.scoreActivation, anchors: anchors.count, classes: classes, threshold: thresholds.score,
            memory: memory, kernels: kernels)
        var found = 0
        for list in 0..<candidates.lists {
            found &+= suppress(list, rows, thresholds.intersectionOverUnion)
        }
        best.sort(0)
        let count = best.counts[0]
        for index in 0..<count {
            let detection = detection(best.slots[index], rows)
            // With one list the best of all are those that stayed, in their order.
            results.pointer[index] = memory.blending?.mean(index, detection) ?? detection
        }
        return Detections(elements: UnsafeBufferPointer(start: results.pointer, count: count), found: found)
    }

    /// Passes the survivors of one list on to the best of all; returns how many.
    private func suppress(_ list: Int, _ rows: some DecodableRows, _ threshold: Float) -> Int {
        let count = candidates.counts[list]
        guard count > 0 else { return 0 }
        let sorted = candidates.list(list)
        // The network has driven anchors out of the near caches, and one after the other is far.
        for index in 0..<count {
            let anchor = Int(sorted[index].anchor)
            ock_fetch(anchorBoxes.pointer + anchor)
            rows.fetchOffsets(anchor)
        }
        candidates.sort(list)
        suppression.begin(threshold: threshold)
        var survivors = 0
        for index in 0..<count {
            guard let box = box(Int(sorted[index].anchor), rows) else { continue }
            if let keeper = suppression.keeper(of: box) {
                guard let blending = memory.blending,
                    suppression[keeper].intersectionOverUnion(box) >= blending.overlap
                else { continue }
                blending.add(keeper, detection(sorted[index], rows))
            } else {
                memory.blending?.begin(survivors, detection(sorted[index], rows))
                survivors &+= 1
                best.insert(sorted[index])
            }
        }
        return survivors
    }

    /// In pixels of the input; nil for one that is no box.
    private func box(_ anchor: Int, _ rows: some DecodableRows) -> Box? {
        let box = boxCoder.decode(rows.boxOffsets(anchor), anchor: anchorBoxes.pointer[anchor])?
            .scaled(x: Float(anchors.inputWidth), y: Float(anchors.inputHeight))
        guard let box, box.isProper else { return nil }
        return box
    }

    private func detection(_ candidate: Candidate, _ rows: some DecodableRows) -> Detection {
        let anchor = Int(candidate.anchor)
        let isScore = settings.scoreActivation == .softmax && classes > 2
        // The box is computed a second time: cheaper than keeping those of all candidates.
        return Detection(
            box: box(anchor, rows) ?? anchorBoxes.pointer[anchor].box, label: Int(candidate.label),
            score: isScore ? candidate.key : ScoreScan.sigmoid(candidate.key), landmarks: landmarks(anchor, rows))
    }

    private func landmarks(_ anchor: Int, _ rows: some DecodableRows) -> Landmarks? {
        guard let landmarkCoder, rows.hasLandmarks else { return nil }
        var landmarks = Landmarks()
        for index in 0..<Landmarks.count {
            let point = landmarkCoder.decode(rows.landmarkOffsets(anchor, index), anchor: anchorBoxes.pointer[anchor])
            landmarks[index] = Point(
                x: point.x * Float(anchors.inputWidth), y: point.y * Float(anchors.inputHeight))
        }
        return landmarks.isUsable ? landmarks : nil
    }
}
