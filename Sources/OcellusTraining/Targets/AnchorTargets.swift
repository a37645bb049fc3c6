// What each anchor of a batch is to learn. Memory only; AnchorMatcher fills it, the losses read it.
import OcellusDetection
import OcellusNetwork
import OcellusTensor

/// Targets for `batch` pictures of `anchors` anchors, rows in the order of the head rows: picture, then anchor.
public final class AnchorTargets {
    public let batch: Int
    public let anchors: Int
    /// [batch, anchors]: -1 counts nowhere, 0 is background, 1... a class.
    public let labels: Buffer<Int32>
    /// [batch, anchors, 4]: encoded boxes, 0 where the label is not above 0.
    public let boxes: Buffer<Float>
    /// [batch, anchors, 10]: encoded landmarks, 0 where there are none.
    public let landmarks: Buffer<Float>
    /// [batch, anchors]: how much an anchor's landmarks count, 0...1.
    public let landmarkWeights: Buffer<Float>

    /// Every anchor is background at first. Throws `.invalidArgument` for counts below 1, `.outOfMemory`.
    public convenience init(batch: Int, anchors: Int) throws(OcellusError) {
        guard batch > 0, anchors > 0, let rows = Parameter.count(of: [batch, anchors]) else {
            throw OcellusError(
                .invalidArgument, "targets for \(batch) pictures of \(anchors) anchors: each must be at least 1")
        }
        self.init(
            batch, anchors, try Buffer(count: rows), try Buffer(count: rows * 4), try Buffer(count: rows * 10),
            try Buffer(count: rows))
    }

    private init(
        _ batch: Int, _ anchors: Int, _ labels: Buffer<Int32>, _ boxes: Buffer<Float>, _ landmarks: Buffer<Float>,
        _ landmarkWeights: Buffer<Float>
    ) {
        self.batch = batch
        self.anchors = anchors
        self.labels = labels
        self.boxes = boxes
        self.landmarks = landmarks
        self.landmarkWeights = landmarkWeights
    }

    public var rows: Int { batch * anchors }

    /// Makes every anchor of a picture count nowhere: nobody labelled it, only a teacher speaks about it.
    public func ignore(picture: Int) { fill(picture, label: -1) }

    func fill(_ picture: Int, label: Int32) {
        precondition(0..<batch ~= picture, "the batch has pictures 0 to \(batch - 1)")
        let first = picture * anchors
        (labels.pointer + first).update(repeating: label, count: anchors)
        (boxes.pointer + first * 4).update(repeating: 0, count: anchors * 4)
        (landmarks.pointer + first * 10).update(repeating: 0, count: anchors * 10)
        (landmarkWeights.pointer + first).update(repeating: 0, count: anchors)
    }
}
