// The length of all gradients together, and cutting it to a limit.
import CTrainingKernels
import OcellusTensor

public enum GradientClipping {
    /// The Euclidean norm over all parameters that are being trained; not finite when a gradient is not.
    public static func norm(_ parameters: [TrainableParameter]) -> Float {
        var sum = 0.0
        for parameter in parameters where parameter.rateFactor != 0 {
            sum += otk_sum_of_squares(parameter.gradient.pointer, parameter.gradient.count)
        }
        return Float(sum.squareRoot())
    }

    /// Scales all gradients so that their norm is at most `limit`, and returns the norm they had. A norm that is not
    /// finite changes nothing: `DivergenceCheck` names the parameter.
    @discardableResult
    public static func clip(_ parameters: [TrainableParameter], to limit: Float) -> Float {
        let norm = norm(parameters)
        guard norm.isFinite, norm > limit, limit > 0 else { return norm }
        for parameter in parameters where parameter.rateFactor != 0 {
            otk_scale(parameter.gradient.pointer, limit / norm, parameter.gradient.count)
        }
        return norm
    }
}
