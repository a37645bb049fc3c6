// Learning what a teacher of the same architecture sees on the way, not only what it answers: a few objects a picture teach
// little, its features say something about every place (FitNets, arXiv 1412.6550). Theory: docs/training.md.
import CTrainingKernels
import OcellusDetection
import OcellusTensor

enum FeatureLoss {
    /// The squared distance of `student` from `teacher` over the teacher's own square, so that all levels count alike;
    /// 1 for a student that puts out zeros. (13a)
    ///
    /// `gradient` is overwritten with the derivative by each number of `student`, times `weight`. Equal counts.
    ///
    /// - Parameters:
    ///   - shape: of the values: a batch of maps.
    ///   - holes: areas of each picture that do not count, edges divided by the input's size.
    static func evaluate(
        _ student: UnsafeMutableBufferPointer<Float>, teacher: UnsafePointer<Float>,
        gradient: UnsafeMutableBufferPointer<Float>, weight: Float, shape: Shape, holes: [[Box]] = []
    ) -> Float {
        let count = student.count
        guard let values = student.baseAddress, let difference = gradient.baseAddress, gradient.count == count,
            shape.count == count
        else { return 0 }
        let energy = max(otk_sum_of_squares(teacher, count), 1e-30)
        difference.update(from: values, count: count)
        otk_accumulate(difference, teacher, -1, count)
        for (picture, areas) in holes.enumerated() {
            for area in areas { clear(area, difference, shape, picture) }
        }
        let distance = otk_sum_of_squares(difference, count)
        otk_scale(difference, 2 * weight / Float(energy), count)
        return Float(distance / energy)
    }

    /// Zeroes the cells whose centre lies in an area.
    private static func clear(_ area: Box, _ values: UnsafeMutablePointer<Float>, _ shape: Shape, _ picture: Int) {
        func cells(_ low: Float, _ high: Float, of count: Int) -> Range<Int> {
            let first = min(max(Int((low * Float(count) - 0.5).rounded(.up)), 0), count)
            return first..<max(first, min(count, Int((high * Float(count) - 0.5).rounded(.down)) + 1))
        }
        let columns = cells(area.left, area.right, of: shape.width)
        for row in cells(area.top, area.bottom, of: shape.height) {
            let start = ((picture * shape.height + row) * shape.width + columns.lowerBound) * shape.channels
            (values + start).update(repeating: 0, count: columns.count * shape.channels)
        }
    }
}
