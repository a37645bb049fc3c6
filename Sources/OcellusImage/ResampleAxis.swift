// Which source pixels make one target pixel along one axis, and with what weight. Built once for a pair of sizes.
// Not the resampling itself: see `ResamplePlan` and, across a row, `RowTable`.
import OcellusTensor

/// For each of `target` positions: the first of the neighbouring source pixels that count, how many, and their weights,
/// whole numbers that sum to `total`.
///
/// Up to a shrink of 2: bilinear with half-pixel centres, clamped at the borders (as OpenCV's INTER_LINEAR and torch
/// with align_corners false). Beyond: the mean over the exact footprint (as INTER_AREA and PIL's BOX), so that nothing
/// aliases.
/// Weights are exact, but for a bilinear target beyond 16383 pixels that shares no divisor with the source: there they
/// are off by at most 1/2 in 32766.
struct ResampleAxis {
    /// The largest weight, so that it fits 16 bits; a sum of bytes times weights stays below 2^24.
    private static var weightLimit: Int { 32766 }

    let target: Int
    /// The sum of each position's weights, at most `ImageView.sideLimit`.
    let total: Int
    /// The most pixels that any position counts.
    let taps: Int
    /// [target]
    let starts: Buffer<Int32>
    /// [target], each 1...taps
    let counts: Buffer<Int32>
    /// [target, taps], 0 behind the pixels that count
    let weights: Buffer<Int16>

    /// `source` and `target` are at least 1 and at most `ImageView.sideLimit`.
    init(source: Int, target: Int) throws(OcellusError) {
        let divisor = ResampleAxis.commonDivisor(source, target)
        let ratio = (source: source / divisor, target: target / divisor)
        let usesArea = source > 2 * target
        var taps = min(2, source)
        if usesArea {
            // A footprint of r source pixels touches at most ceil(r) + 1.
            taps = min(source, (ratio.source + ratio.target - 1) / ratio.target + 1)
        }
        self.target = target
        self.taps = taps
        total = usesArea ? ratio.source : min(2 * ratio.target, ResampleAxis.weightLimit)
        starts = try Buffer(count: target)
        counts = try Buffer(count: target)
        weights = try Buffer(count: target * taps)
        for position in 0..<target {
            if usesArea { fillArea(position, ratio) } else { fillBilinear(position, ratio, source) }
        }
    }

    private func fillBilinear(_ position: Int, _ ratio: (source: Int, target: Int), _ source: Int) {
        // Centre in source pixels: (position + 1/2) * source / target - 1/2, here times 2 * target.
        let scale = 2 * ratio.target
        let scaled = max(0, (2 * position + 1) * ratio.source - ratio.target)
        let index = min(scaled / scale, source - 1)
        let fraction = index == source - 1 ? 0 : ((scaled - index * scale) * total + ratio.target) / scale
        let row = weights.pointer + position * taps
        starts.pointer[position] = Int32(index)
        counts.pointer[position] = fraction == 0 ? 1 : 2
        row[0] = Int16(total - fraction)
        if fraction > 0 { row[1] = Int16(fraction) }
    }

    private func fillArea(_ position: Int, _ ratio: (source: Int, target: Int)) {
        // In units of 1 / target of a source pixel: a pixel covers `target` of them, a footprint `source`.
        let (first, last) = (position * ratio.source, (position + 1) * ratio.source)
        let start = first / ratio.target
        let end = (last + ratio.target - 1) / ratio.target
        starts.pointer[position] = Int32(start)
        counts.pointer[position] = Int32(end - start)
        for pixel in start..<end {
            let overlap = min((pixel + 1) * ratio.target, last) - max(pixel * ratio.target, first)
            weights.pointer[position * taps + pixel - start] = Int16(overlap)
        }
    }

    private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
