// Learning from a teacher's features: at each tap they are compared as the teacher's kind asks for, with what it is wrong about
// left out. Theory: docs/training.md.
import OcellusDetection
import OcellusModels
import OcellusTensor

/// The losses of all taps. One thread at a time.
final class FeatureTeaching {
    private let teacher: any Teacher
    private let taps: [Name]
    /// One a tap, for features that are mapped.
    private let mapped: [MappedFeatureLoss]
    private let weight: Float
    private let pool: ThreadPool

    /// Throws `.outOfMemory`.
    init(
        _ teacher: any Teacher, taps: [FeatureTap], weight: Float, batch: Int, pool: ThreadPool
    ) throws(OcellusError) {
        self.teacher = teacher
        self.taps = taps.map(\.name)
        self.weight = weight
        self.pool = pool
        mapped =
            teacher.featuresAreMapped
            ? try taps.map { tap throws(OcellusError) in
                var shape = tap.shape
                shape.batch = batch
                return try MappedFeatureLoss(shape, teacherChannels: teacher.values.shape(of: tap.name)?.channels ?? 0)
            } : []
    }

    /// What the taps add to the loss of the batch at hand; gradients are left where the differentiator looks.
    func evaluate(_ hearing: TeacherHearing, _ differentiator: Differentiator) throws(OcellusError) -> Float {
        var total: Float = 0
        for (index, tap) in taps.enumerated() {
            guard let aim = teacher.values.batch(of: tap)?.baseAddress, let shape = teacher.values.shape(of: tap),
                let value = differentiator.value(of: tap), let gradient = differentiator.gradient(of: tap),
                let student = value.baseAddress, let derivative = gradient.baseAddress
            else {
                throw OcellusError(
                    .invalidArgument,
                    "nothing is trained before '\(tap)': thaw the backbone, or leave the teacher's features out")
            }
            if teacher.featuresAreMapped {
                total += mapped[index].evaluate(
                    student, teacher: aim, gradient: derivative, weight: weight,
                    pictures: hearing.trusted, pool)
            } else {
                total += FeatureLoss.evaluate(
                    value, teacher: aim, gradient: gradient, weight: weight, shape: shape, holes: hearing.mistakes)
            }
        }
        return weight * total
    }
}
