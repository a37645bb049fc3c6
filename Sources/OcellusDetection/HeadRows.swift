// What a network's heads put out, one row an anchor. Views only: the memory is the executor's.
import CKernels
import OcellusTensor

/// Rows that a decoder can read: they find candidates, for `memory`, in their own number type and give offsets as floats.
protocol DecodableRows {
    /// Throws `.invalidArgument` when the rows are not those of so many anchors and classes.
    func check(anchors: Int, classes: Int) throws(OcellusError)
    func collect(
        _ activation: DecoderSettings.ScoreActivation, anchors: Int, classes: Int, threshold: Float,
        memory: DecoderMemory, kernels: KernelSet)
    /// Asks for what `boxOffsets` will read.
    func fetchOffsets(_ anchor: Int)
    func boxOffsets(_ anchor: Int) -> SIMD4<Float>
    var hasLandmarks: Bool { get }
    func landmarkOffsets(_ anchor: Int, _ point: Int) -> SIMD2<Float>
}

/// Head rows in float: logits [anchors, classes], box offsets [anchors, 4], landmark offsets [anchors, 10] or none.
public struct HeadRows: BitwiseCopyable, DecodableRows {
    public var scores: UnsafeBufferPointer<Float>
    public var boxes: UnsafeBufferPointer<Float>
    /// Five pairs x, y in the order of `Landmarks`.
    public var landmarks: UnsafeBufferPointer<Float>?

    public init(
        scores: UnsafeBufferPointer<Float>, boxes: UnsafeBufferPointer<Float>,
        landmarks: UnsafeBufferPointer<Float>? = nil
    ) {
        self.scores = scores
        self.boxes = boxes
        self.landmarks = landmarks
    }

    func check(anchors: Int, classes: Int) throws(OcellusError) {
        guard scores.count == anchors * classes, boxes.count == anchors * 4,
            landmarks == nil || landmarks?.count == anchors * 2 * Landmarks.count
        else {
            throw OcellusError(
                .invalidArgument,
                "head rows for \(anchors) anchors and \(classes) classes hold \(scores.count) scores, "
                    + "\(boxes.count) box offsets and \(landmarks?.count ?? 0) landmark offsets; expected "
                    + "\(anchors * classes), \(anchors * 4) and \(anchors * 10) or none")
        }
    }

    func collect(
        _ activation: DecoderSettings.ScoreActivation, anchors: Int, classes: Int, threshold: Float,
        memory: DecoderMemory, kernels: KernelSet
    ) {
        guard let base = scores.baseAddress else { return }
        let lists = memory.candidates
        let scan = ScoreScan(
            scores: base, anchors: anchors, classes: classes, threshold: threshold,
            instructions: kernels.instructions, exponentials: memory.exponentials.pointer)
        switch activation {
        case .sigmoid: scan.sigmoid(into: lists)
        case .softmax where classes == 2: scan.softmaxOfTwo(into: lists)
        case .softmax: scan.softmax(into: lists)
        }
    }

    func fetchOffsets(_ anchor: Int) {
        if let base = boxes.baseAddress { ock_fetch(base + 4 &* anchor) }
    }

    func boxOffsets(_ anchor: Int) -> SIMD4<Float> {
        SIMD4(boxes[4 &* anchor], boxes[4 &* anchor &+ 1], boxes[4 &* anchor &+ 2], boxes[4 &* anchor &+ 3])
    }

    var hasLandmarks: Bool { landmarks != nil }

    func landmarkOffsets(_ anchor: Int, _ point: Int) -> SIMD2<Float> {
        guard let landmarks else { return .zero }
        let first = 2 &* (Landmarks.count &* anchor &+ point)
        return SIMD2(landmarks[first], landmarks[first &+ 1])
    }
}
