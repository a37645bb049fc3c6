// Matching as docs/training.md defines it, with boxes and loops alone.
import OcellusData
import OcellusDetection
import OcellusTraining

enum SlowMatcher {
    static func labels(_ anchors: Anchors, _ truths: [GroundTruth], _ settings: MatchingSettings) -> [Int32] {
        let (width, height) = (Float(anchors.inputWidth), Float(anchors.inputHeight))
        let boxes = truths.map { $0.box.scaled(x: 1 / width, y: 1 / height) }
        let all = anchors.boxes.map(\.box)
        func overlap(_ truth: Int, _ anchor: Int) -> Float { all[anchor].intersectionOverUnion(boxes[truth]) }
        let learnt = truths.indices.filter { !truths[$0].isIgnored }
        // Each truth's largest overlap decides the order in which they choose.
        let order = learnt.sorted { a, b in
            let (first, second) = (all.indices.map { overlap(a, $0) }.max()!, all.indices.map { overlap(b, $0) }.max()!)
            return first > second || (first == second && a < b)
        }
        var forced: [Int: Int] = [:]
        for truth in order {
            var best: Int?
            for anchor in all.indices where forced[anchor] == nil && overlap(truth, anchor) > 0 {
                if best == nil || overlap(truth, anchor) > overlap(truth, best!) { best = anchor }
            }
            if let best { forced[best] = truth }
        }
        return all.indices.map { anchor in
            if let truth = forced[anchor] { return Int32(truths[truth].label) }
            var best: (truth: Int, overlap: Float)?
            for truth in learnt where overlap(truth, anchor) > best?.overlap ?? 0 {
                best = (truth, overlap(truth, anchor))
            }
            if let best, best.overlap >= settings.positive { return Int32(truths[best.truth].label) }
            if let best, best.overlap >= settings.negative { return -1 }
            for truth in truths.indices where truths[truth].isIgnored {
                let largest = all.indices.map { overlap(truth, $0) }.max()!
                if overlap(truth, anchor) > settings.ignoredOverlap { return -1 }
                if largest > 0, overlap(truth, anchor) == largest { return -1 }
                let (box, other) = (all[anchor], boxes[truth])
                let shared = Box(
                    left: max(box.left, other.left), top: max(box.top, other.top), right: min(box.right, other.right),
                    bottom: min(box.bottom, other.bottom))
                if shared.area > settings.ignoredCoverage * box.area { return -1 }
            }
            return 0
        }
    }
}
