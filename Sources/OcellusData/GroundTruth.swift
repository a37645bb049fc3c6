// What a person (or a teacher network) says is in a picture: one object.
import OcellusDetection
import OcellusFiles

/// One labelled object. Coordinates are pixels of its picture, edges as in `Box`: `right - left` is the width.
public struct GroundTruth: Sendable, Equatable {
    public var box: Box
    /// 1, 2, …: an index into the dataset's classes plus one. 0 is the background and never a label.
    public var label: Int
    /// Nil where nobody marked them.
    public var landmarks: Landmarks?
    /// How much the landmarks count in the loss, 0...1: points by people 1, points by a machine less.
    public var landmarkWeight: Float
    /// PASCAL VOC's `difficult`: not counted in evaluation, trained on only when asked for.
    public var isDifficult: Bool
    /// Neither object nor background: no loss and no error falls on it (crowds, cut or tiny objects).
    public var isIgnored: Bool

    public init(
        box: Box, label: Int, landmarks: Landmarks? = nil, landmarkWeight: Float = 1, isDifficult: Bool = false,
        isIgnored: Bool = false
    ) {
        self.box = box
        self.label = label
        self.landmarks = landmarks
        self.landmarkWeight = landmarkWeight
        self.isDifficult = isDifficult
        self.isIgnored = isIgnored
    }
}

extension [GroundTruth] {
    /// Boxes cut at the edges of a picture, without those of which nothing is in it: labels may reach beyond, pixels do not.
    public func inside(_ size: PixelSize) -> [GroundTruth] {
        compactMap { truth in
            var truth = truth
            truth.box = truth.box.clipped(toWidth: Float(size.width), height: Float(size.height))
            return truth.box.isProper ? truth : nil
        }
    }
}
