// Sizes of anchors from sizes of objects: k-means under the distance 1 - IoU of boxes with a common centre (YOLO9000,
// arXiv 1612.08242, section 2). Seeded, so that the same data gives the same sizes.

/// Suggested anchor sizes and how well they cover the objects.
public struct AnchorClusters: Sendable {
    /// A width and a height in network pixels.
    public struct Size: Sendable, Equatable {
        public var width: Float
        public var height: Float

        public init(width: Float, height: Float) {
            self.width = width
            self.height = height
        }

        /// Intersection over union of two boxes with one centre.
        public func overlap(_ other: Size) -> Float {
            let shared = min(width, other.width) * min(height, other.height)
            return shared / (width * height + other.width * other.height - shared)
        }
    }

    /// By area, smallest first.
    public let sizes: [Size]
    /// Objects nearest to each size.
    public let counts: [Int]
    /// The mean over the objects of the overlap with the best size.
    public let meanOverlap: Float
    /// The share of objects whose best size overlaps them by at least 0.5.
    public let recall: Float

    /// The best of `restarts` runs over `objects`, whose sides must be above 0.
    ///
    /// Fewer sizes come out than `count` when there are fewer objects.
    public init(_ objects: [Size], count: Int, seed: UInt64, restarts: Int = 8) {
        let usable = objects.filter { $0.width > 0 && $0.height > 0 && $0.width.isFinite && $0.height.isFinite }
        var best: (sizes: [Size], mean: Float) = ([], -1)
        for run in 0..<max(1, restarts) where !usable.isEmpty {
            var random = SeededRandom(seed: seed, index: run)
            let sizes = AnchorClusters.run(usable, max(1, count), &random)
            let mean = AnchorClusters.meanOverlap(usable, sizes)
            if mean > best.mean { best = (sizes, mean) }
        }
        self.init(usable, sizes: best.sizes.sorted { $0.width * $0.height < $1.width * $1.height })
    }

    /// How well given sizes cover the objects.
    public init(_ objects: [Size], sizes: [Size]) {
        var (counts, sum, recalled) = ([Int](repeating: 0, count: sizes.count), Float(0), 0)
        for object in objects where !sizes.isEmpty {
            let (index, overlap) = AnchorClusters.nearest(object, sizes)
            counts[index] += 1
            sum += overlap
            if overlap >= 0.5 { recalled += 1 }
        }
        self.sizes = sizes
        self.counts = counts
        meanOverlap = objects.isEmpty ? 0 : sum / Float(objects.count)
        recall = objects.isEmpty ? 0 : Float(recalled) / Float(objects.count)
    }

    /// Starts as k-means++ does (far from what is there), then moves each size to the mean of its objects.
    private static func run(_ objects: [Size], _ count: Int, _ random: inout SeededRandom) -> [Size] {
        var sizes = [objects[random.index(objects.count)]]
        while sizes.count < min(count, objects.count) {
            let distances = objects.map { 1 - nearest($0, sizes).overlap }
            let next = objects[random.index(weights: distances.map { $0 * $0 })]
            if sizes.contains(next) { break }
            sizes.append(next)
        }
        var owners: [Int] = []
        for _ in 0..<100 {
            let nearestSizes = objects.map { nearest($0, sizes).index }
            if nearestSizes == owners { break }
            owners = nearestSizes
            var sums = [(width: Double, height: Double, count: Int)](repeating: (0, 0, 0), count: sizes.count)
            for (object, owner) in zip(objects, owners) {
                sums[owner].width += Double(object.width)
                sums[owner].height += Double(object.height)
                sums[owner].count += 1
            }
            for (index, sum) in sums.enumerated() where sum.count > 0 {
                sizes[index] = Size(
                    width: Float(sum.width / Double(sum.count)), height: Float(sum.height / Double(sum.count)))
            }
        }
        return sizes
    }

    private static func nearest(_ object: Size, _ sizes: [Size]) -> (index: Int, overlap: Float) {
        var (best, index) = (Float(-1), 0)
        for (place, size) in sizes.enumerated() {
            let overlap = object.overlap(size)
            if overlap > best { (best, index) = (overlap, place) }
        }
        return (index, best)
    }

    private static func meanOverlap(_ objects: [Size], _ sizes: [Size]) -> Float {
        objects.reduce(0) { $0 + nearest($1, sizes).overlap } / Float(objects.count)
    }
}
