// Which detection found which object: the three rules in use, as their authors' programs apply them. One picture and one
// class at a time. In double precision, as those programs compute.
import OcellusData
import OcellusDetection

/// How detections are given to objects.
enum MatchingRule {
    /// PASCAL VOC's development kit: a detection stands for the object it overlaps most. A second one is wrong; one on a
    /// difficult object is neither right nor wrong.
    case voc
    /// COCO's evaluation: a detection takes the free object it overlaps most. Objects to be ignored come last; crowds
    /// take any number, by the share of the detection inside. The 100 best detections count.
    case coco
    /// Faces by size: as COCO, for boxes, but an ignored face takes any number of detections, and all detections count.
    case faces
}

/// What became of one detection.
enum Match: Equatable {
    /// It found this object, an index into the truths.
    case right(Int)
    case wrong
    case ignored
}

extension MatchingRule {
    /// The matches of `detections`, which must be sorted, best first. `isIgnored` says which truths do not count.
    func match(
        _ detections: ArraySlice<ScoredBox>, _ truths: [GroundTruth], isIgnored: [Bool], overlap threshold: Double
    ) -> [Match] {
        var isTaken = [Bool](repeating: false, count: truths.count)
        let order = truths.indices.sorted { (isIgnored[$0] ? 1 : 0, $0) < (isIgnored[$1] ? 1 : 0, $1) }
        return detections.map { detection in
            switch self {
            case .voc: return MatchingRule.nearest(detection, truths, isIgnored, &isTaken, threshold)
            case .coco, .faces: return firstFree(detection, truths, order, isIgnored, &isTaken, threshold)
            }
        }
    }

    private static func nearest(
        _ detection: ScoredBox, _ truths: [GroundTruth], _ isIgnored: [Bool], _ isTaken: inout [Bool],
        _ threshold: Double
    ) -> Match {
        var (best, found) = (-1.0, -1)
        for (index, truth) in truths.enumerated() {
            let overlap = Overlap.intersectionOverUnion(detection.box, truth.box)
            if overlap > best { (best, found) = (overlap, index) }
        }
        guard found >= 0, best >= threshold else { return .wrong }
        if isIgnored[found] { return .ignored }
        if isTaken[found] { return .wrong }
        isTaken[found] = true
        return .right(found)
    }

    private func firstFree(
        _ detection: ScoredBox, _ truths: [GroundTruth], _ order: [Int], _ isIgnored: [Bool],
        _ isTaken: inout [Bool], _ threshold: Double
    ) -> Match {
        var (best, found) = (min(threshold, 1 - 1e-10), -1)
        for index in order {
            let isCrowd = self == .coco && truths[index].isIgnored
            if isTaken[index] && !isCrowd { continue }
            // What counts goes before what does not, however well the latter fits.
            if found >= 0, !isIgnored[found], isIgnored[index] { break }
            let overlap =
                isCrowd
                ? Overlap.shareInside(detection.box, of: truths[index].box)
                : Overlap.intersectionOverUnion(detection.box, truths[index].box)
            if overlap >= best { (best, found) = (overlap, index) }
        }
        guard found >= 0 else { return .wrong }
        if self == .coco || !isIgnored[found] { isTaken[found] = true }
        return isIgnored[found] ? .ignored : .right(found)
    }
}

/// Overlaps in double precision; 0 for boxes without an area.
enum Overlap {
    static func intersectionOverUnion(_ a: Box, _ b: Box) -> Double {
        let shared = intersection(a, b)
        return shared > 0 ? shared / (area(a) + area(b) - shared) : 0
    }

    /// The share of `a` that lies in `b`.
    static func shareInside(_ a: Box, of b: Box) -> Double {
        let shared = intersection(a, b)
        return shared > 0 ? shared / area(a) : 0
    }

    private static func intersection(_ a: Box, _ b: Box) -> Double {
        let width = Double(min(a.right, b.right)) - Double(max(a.left, b.left))
        let height = Double(min(a.bottom, b.bottom)) - Double(max(a.top, b.top))
        return width > 0 && height > 0 ? width * height : 0
    }

    private static func area(_ box: Box) -> Double {
        max(0, Double(box.right) - Double(box.left)) * max(0, Double(box.bottom) - Double(box.top))
    }
}
