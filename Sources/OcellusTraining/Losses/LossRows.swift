// Views of what a batch's heads put out and of where their gradients go. The memory is the network's.
import OcellusDetection
import OcellusTensor

/// Where the gradients of head rows go: the shapes of `HeadRows`, with batch times anchors as the number of rows.
public struct HeadGradients: BitwiseCopyable {
    /// [rows, classes]
    public var scores: UnsafeMutableBufferPointer<Float>
    /// [rows, 4]
    public var boxes: UnsafeMutableBufferPointer<Float>
    /// [rows, 10]
    public var landmarks: UnsafeMutableBufferPointer<Float>?

    public init(
        scores: UnsafeMutableBufferPointer<Float>, boxes: UnsafeMutableBufferPointer<Float>,
        landmarks: UnsafeMutableBufferPointer<Float>? = nil
    ) {
        self.scores = scores
        self.boxes = boxes
        self.landmarks = landmarks
    }

    func clear() {
        scores.update(repeating: 0)
        boxes.update(repeating: 0)
        landmarks?.update(repeating: 0)
    }

    /// Throws `.invalidArgument` unless these and `rows` hold `count` rows of one number of classes, 2 or more.
    /// Returns that number.
    func classes(of rows: HeadRows, count: Int) throws(OcellusError) -> Int {
        let classes = rows.scores.count / max(count, 1)
        guard classes >= 2, rows.scores.count == classes * count, rows.boxes.count == 4 * count,
            rows.landmarks == nil || rows.landmarks?.count == 10 * count
        else {
            throw OcellusError(
                .invalidArgument,
                "head rows for \(count) anchors hold \(rows.scores.count) scores, \(rows.boxes.count) box offsets and "
                    + "\(rows.landmarks?.count ?? 0) landmark offsets; expected at least 2 scores an anchor, 4 box "
                    + "offsets and 10 landmark offsets or none")
        }
        guard scores.count == rows.scores.count, boxes.count == rows.boxes.count,
            landmarks?.count == rows.landmarks?.count
        else {
            throw OcellusError(
                .invalidArgument,
                "gradients of \(scores.count), \(boxes.count) and \(landmarks?.count ?? 0) numbers for head rows of "
                    + "\(rows.scores.count), \(rows.boxes.count) and \(rows.landmarks?.count ?? 0); expected the same")
        }
        return classes
    }
}
