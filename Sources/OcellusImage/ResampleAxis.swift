// Which source pixels make one target pixel along one axis, and with what weight. Built once for a pair of sizes.
// Not the resampling itself: see `RowResampler` and `Preprocessor`.
import OcellusTensor

/// For each of `target` positions: the first of `taps` neighbouring source pixels, and their weights, which sum to 1.
///
/// Up to a shrink of 2: bilinear with half-pixel centres, clamped at the borders (as OpenCV's INTER_LINEAR and torch with
/// align_corners false). Beyond: the mean over the exact footprint (as INTER_AREA and PIL's BOX), so that nothing aliases.
/// Computed in whole numbers: positions carry no rounding error however large the sizes.
final class ResampleAxis {
    let source: Int
    let target: Int
    let taps: Int
    /// [target]
    let starts: Buffer<Int32>
    /// [target, taps]
    let weights: Buffer<Float>

    /// `source` and `target` are at least 1 and at most `ImageView.sideLimit`.
    init(source: Int, target: Int) throws(OcellusError) {
        self.source = source
        self.target = target
        let usesArea = source > 2 * target
        var taps = min(2, source)
        if usesArea {
            taps = 1
            for position in 0..<target {
                let footprint = ResampleAxis.footprint(position, source, target)
                taps = max(taps, footprint.end - footprint.start)
            }
        }
        self.taps = taps
        starts = try Buffer(count: target)
        weights = try Buffer(count: target * taps)
        for position in 0..<target {
            if usesArea { fillArea(position) } else { fillBilinear(position) }
        }
    }

    private func fillBilinear(_ position: Int) {
        // Centre in source pixels: (position + 1/2) * source / target - 1/2, here times 2 * target.
        let scaled = max(0, (2 * position + 1) * source - target)
        let index = scaled / (2 * target)
        let row = position * taps
        if index >= source - 1 {
            starts.pointer[position] = Int32(source - taps)
            weights.pointer[row + taps - 1] = 1
        } else {
            let fraction = Float(scaled % (2 * target)) / Float(2 * target)
            starts.pointer[position] = Int32(index)
            weights.pointer[row] = 1 - fraction
            weights.pointer[row + 1] = fraction
        }
    }

    private func fillArea(_ position: Int) {
        let footprint = ResampleAxis.footprint(position, source, target)
        // A footprint shorter than `taps` begins earlier, with weights of 0, rather than ending behind the picture.
        let start = min(footprint.start, source - taps)
        starts.pointer[position] = Int32(start)
        for pixel in footprint.start..<footprint.end {
            let left = max(pixel * target, position * source)
            let right = min((pixel + 1) * target, (position + 1) * source)
            weights.pointer[position * taps + pixel - start] = Float(right - left) / Float(source)
        }
    }

    /// The source pixels that target pixel `position` touches.
    private static func footprint(_ position: Int, _ source: Int, _ target: Int) -> (start: Int, end: Int) {
        (position * source / target, ((position + 1) * source + target - 1) / target)
    }
}
