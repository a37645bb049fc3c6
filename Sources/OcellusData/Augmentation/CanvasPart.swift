// Whole pixels of a canvas.
import CDataKernels
import OcellusDetection

struct CanvasPart: Equatable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    var width: Int { right - left }
    var height: Int { bottom - top }

    var box: Box { Box(left: Float(left), top: Float(top), right: Float(right), bottom: Float(bottom)) }

    /// The same part of a canvas that is so many times as large; parts that touch still do.
    func scaled(by scale: Float) -> CanvasPart {
        CanvasPart(
            left: SampleSource.side(left, detail: scale), top: SampleSource.side(top, detail: scale),
            right: SampleSource.side(right, detail: scale), bottom: SampleSource.side(bottom, detail: scale))
    }

    var kernelPart: ocd_part {
        ocd_part(left: Int32(left), top: Int32(top), right: Int32(right), bottom: Int32(bottom))
    }
}

extension CanvasPart {
    /// The pixels nearest to a box that lies on a canvas.
    init(_ box: Box) {
        self.init(
            left: Int(box.left.rounded()), top: Int(box.top.rounded()), right: Int(box.right.rounded()),
            bottom: Int(box.bottom.rounded()))
    }
}

extension Box {
    /// What both have in common; not proper when that is nothing.
    func shared(with other: Box) -> Box {
        Box(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom))
    }

    func contains(_ point: Point) -> Bool {
        point.x >= left && point.x <= right && point.y >= top && point.y <= bottom
    }
}
