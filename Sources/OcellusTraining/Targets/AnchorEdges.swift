// The anchors' edges as the overlap loops want them: one list for each edge.
import CTrainingKernels
import OcellusDetection
import OcellusTensor

/// Edges and areas of anchors, normalised; five lists in one block.
final class AnchorEdges {
    private let numbers: Buffer<Float>
    private let count: Int

    convenience init(_ anchors: Anchors) throws(OcellusError) {
        self.init(anchors, try Buffer(count: anchors.count * 5))
    }

    private init(_ anchors: Anchors, _ numbers: Buffer<Float>) {
        self.numbers = numbers
        count = anchors.count
        for (index, anchor) in anchors.boxes.enumerated() {
            let box = anchor.box
            let lists = [box.left, box.top, box.right, box.bottom, box.width * box.height]
            for (list, number) in lists.enumerated() { numbers.pointer[list * count + index] = number }
        }
    }

    private var lists: otk_anchors {
        let start = numbers.pointer
        return otk_anchors(
            lefts: start, tops: start + count, rights: start + 2 * count, bottoms: start + 3 * count,
            areas: start + 4 * count, count: count)
    }

    /// The overlap of `box` with each anchor; returns the largest.
    @discardableResult
    func overlaps(_ box: Box, into overlaps: Buffer<Float>) -> Float {
        var lists = lists
        return otk_overlaps(&lists, box.left, box.top, box.right, box.bottom, overlaps.pointer)
    }

    /// The share of each anchor that lies in `box`.
    func coverages(_ box: Box, into coverages: Buffer<Float>) {
        var lists = lists
        otk_coverages(&lists, box.left, box.top, box.right, box.bottom, coverages.pointer)
    }
}
