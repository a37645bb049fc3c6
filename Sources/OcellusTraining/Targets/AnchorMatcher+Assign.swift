// The steps of matching: check, overlap, each truth's best anchor, what is ignored, what is written.
import CTrainingKernels
import OcellusData
import OcellusDetection
import OcellusTensor

extension AnchorMatcher {
    /// The boxes divided by the input's size, once everything about the truths is known to be sound.
    func normalised(_ truths: [GroundTruth]) throws(OcellusError) -> [Box] {
        let (x, y) = (1 / Float(anchors.inputWidth), 1 / Float(anchors.inputHeight))
        var boxes: [Box] = []
        boxes.reserveCapacity(truths.count)
        for (index, truth) in truths.enumerated() {
            let box = truth.box
            let scaled = box.scaled(x: x, y: y)
            guard scaled.isProper, scaled.left.isFinite, scaled.right.isFinite else {
                throw OcellusError(
                    .invalidArgument,
                    "object \(index) has the box \(box.left), \(box.top), \(box.right), \(box.bottom); expected "
                        + "finite edges, left < right and top < bottom")
            }
            guard 1...Int(Int32.max) ~= truth.label else {
                throw OcellusError(
                    .invalidArgument, "object \(index) has the label \(truth.label); labels start at 1, 0 is background"
                )
            }
            guard truth.landmarks?.isFinite ?? true, 0...1 ~= truth.landmarkWeight else {
                throw OcellusError(
                    .invalidArgument,
                    "object \(index) has landmarks that are not finite or weigh \(truth.landmarkWeight); expected "
                        + "finite points and a weight of 0 to 1")
            }
            boxes.append(scaled)
        }
        return boxes
    }

    /// Each anchor's owner is the truth it overlaps most; then each truth, the closest fit first, takes its best anchor
    /// that no other has taken. Returns how many truths went without.
    func assign(_ learnt: [Int], _ boxes: [Box]) -> Int {
        var fits: [(truth: Int, overlap: Float)] = []
        for index in learnt {
            fits.append((index, edges.overlaps(boxes[index], into: overlaps)))
            otk_keep_larger(overlaps.pointer, Int32(index), anchors.count, best.pointer, owners.pointer)
        }
        fits.sort { $0.overlap > $1.overlap || ($0.overlap == $1.overlap && $0.truth < $1.truth) }
        var unmatched = 0
        for fit in fits {
            edges.overlaps(boxes[fit.truth], into: overlaps)
            let anchor = otk_best_free(overlaps.pointer, taken.pointer, anchors.count)  // (3)
            guard anchor >= 0 else {
                unmatched += 1
                continue
            }
            taken.pointer[anchor] = 1
            owners.pointer[anchor] = Int32(fit.truth)
        }
        return unmatched
    }

    /// Takes the anchors of an ignored truth out of the loss.
    func ignore(_ box: Box, _ labels: UnsafeMutablePointer<Int32>) {
        let largest = edges.overlaps(box, into: overlaps)
        for anchor in 0..<anchors.count {
            let overlap = overlaps.pointer[anchor]
            if overlap > settings.ignoredOverlap || (overlap > 0 && overlap == largest) { labels[anchor] = -1 }  // (4)
        }
        edges.coverages(box, into: overlaps)
        for anchor in 0..<anchors.count where overlaps.pointer[anchor] > settings.ignoredCoverage {  // (5)
            labels[anchor] = -1
        }
    }

    /// Writes one positive anchor. An anchor whose offsets would not be finite counts nowhere.
    func write(_ truth: GroundTruth, _ box: Box, _ anchor: Int, _ row: Int, _ targets: AnchorTargets) -> Bool {
        let reference = anchors.boxes[anchor]
        guard let offsets = boxCoder.encode(box, anchor: reference) else {
            targets.labels.pointer[row] = -1
            return false
        }
        targets.labels.pointer[row] = Int32(truth.label)
        for column in 0..<4 { targets.boxes.pointer[row * 4 + column] = offsets[column] }
        guard let landmarks = truth.landmarks, truth.landmarkWeight > 0 else { return true }
        targets.landmarkWeights.pointer[row] = truth.landmarkWeight
        for index in 0..<Landmarks.count {
            let point = Point(
                x: landmarks[index].x / Float(anchors.inputWidth), y: landmarks[index].y / Float(anchors.inputHeight))
            let encoded = landmarkCoder.encode(point, anchor: reference)
            targets.landmarks.pointer[row * 10 + 2 * index] = encoded[0]
            targets.landmarks.pointer[row * 10 + 2 * index + 1] = encoded[1]
        }
        return true
    }
}
