// Learning what a teacher of the same architecture sees on the way, not only what it answers: a few objects a picture teach
// little, its features say something about every place (FitNets, arXiv 1412.6550). Theory: docs/training.md.
import CTrainingKernels
import OcellusTensor

enum FeatureLoss {
    /// The squared distance of `student` from `teacher` over the teacher's own square, so that all levels count alike;
    /// 1 for a student that puts out zeros. (13a)
    ///
    /// `gradient` is overwritten with the derivative by each number of `student`, times `weight`. Equal counts.
    static func evaluate(
        _ student: UnsafeMutableBufferPointer<Float>, teacher: UnsafePointer<Float>,
        gradient: UnsafeMutableBufferPointer<Float>, weight: Float
    ) -> Float {
        let count = student.count
        guard let values = student.baseAddress, let difference = gradient.baseAddress, gradient.count == count else {
            return 0
        }
        let energy = max(otk_sum_of_squares(teacher, count), 1e-30)
        difference.update(from: values, count: count)
        otk_accumulate(difference, teacher, -1, count)
        let distance = otk_sum_of_squares(difference, count)
        otk_scale(difference, 2 * weight / Float(energy), count)
        return Float(distance / energy)
    }
}
