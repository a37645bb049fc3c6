// Small objects in large pictures: the same detector over overlapping parts, and over the whole.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor

/// A detector that also looks at `tiles` x `tiles` parts which overlap by a quarter, and merges what it finds.
///
/// With 1 tile it is the detector itself. An object seen by several parts is reported once, with its best score.
public final class TiledDetector {
    private let detector: Detector
    private let tiles: Int
    private let overlap: Float
    private let isAgnostic: Bool
    private var merged: [Detection] = []

    /// Throws `.invalidArgument` unless `tiles` is 1 to 8.
    public init(_ detector: Detector, tiles: Int) throws(OcellusError) {
        guard 1...8 ~= tiles else {
            throw OcellusError(.invalidArgument, "\(tiles) x \(tiles) parts: must be 1 to 8")
        }
        self.detector = detector
        self.tiles = tiles
        overlap = detector.thresholds.intersectionOverUnion
        isAgnostic = detector.description.architecture.suppression == .agnostic
    }

    /// As `Detector.detect`. Parts that would be empty in a tiny picture are left out.
    public func detect(_ image: ImageView) throws(OcellusError) -> [Detection] {
        merged.removeAll(keepingCapacity: true)
        merged += try detector.detect(image)
        guard tiles > 1 else { return merged }
        for row in 0..<tiles {
            for column in 0..<tiles {
                guard let part = try part(image, row, column) else { continue }
                for detection in try detector.detect(part.view) {
                    // An object cut by an inner edge is whole in a neighbour or in the picture itself.
                    if !part.cuts(detection.box, image) { merged.append(detection.moved(Float(part.x), Float(part.y))) }
                }
            }
        }
        return suppressed()
    }

    private struct Part {
        let view: ImageView
        let x: Int
        let y: Int

        func cuts(_ box: Box, _ image: ImageView) -> Bool {
            TiledDetector.cuts(box.left, box.right, x, view.width, of: image.width)
                || TiledDetector.cuts(box.top, box.bottom, y, view.height, of: image.height)
        }
    }

    /// Whether what lies between two places of a part touches an edge of it that is none of the whole's. Parts begin and end at even
    /// places: the last one of an odd length ends a pixel before the whole does.
    static func cuts(_ first: Float, _ last: Float, _ start: Int, _ length: Int, of whole: Int) -> Bool {
        start > 0 && first < 2 || start + length + 1 < whole && last > Float(length - 2)
    }

    private func part(_ image: ImageView, _ row: Int, _ column: Int) throws(OcellusError) -> Part? {
        let (x, width) = TiledDetector.span(image.width, column, of: tiles)
        let (y, height) = TiledDetector.span(image.height, row, of: tiles)
        guard width >= 2, height >= 2 else { return nil }
        return Part(view: try image.cropped(x: x, y: y, width: width, height: height), x: x, y: y)
    }

    /// Even positions and sizes: formats with shared chroma can only be cut there.
    static func span(_ length: Int, _ index: Int, of tiles: Int) -> (start: Int, length: Int) {
        let size = min(length, length * 5 / (4 * tiles) + 1) & ~1
        let start = tiles > 1 ? ((length - size) * index / (tiles - 1)) & ~1 : 0
        return (start, size)
    }

    /// Greedy suppression as the detector does it, best first.
    private func suppressed() -> [Detection] {
        merged.sort { $0.score > $1.score }
        var kept: [Detection] = []
        for candidate in merged {
            let isSeen = kept.contains {
                (isAgnostic || $0.label == candidate.label) && $0.box.intersectionOverUnion(candidate.box) > overlap
            }
            if !isSeen { kept.append(candidate) }
        }
        return kept
    }
}

extension Detection {
    fileprivate func moved(_ x: Float, _ y: Float) -> Detection {
        var result = self
        result.box = Box(left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y)
        guard hasLandmarks else { return result }
        for index in 0..<Landmarks.count {
            result.landmarks[index] = Point(x: landmarks[index].x + x, y: landmarks[index].y + y)
        }
        return result
    }
}
