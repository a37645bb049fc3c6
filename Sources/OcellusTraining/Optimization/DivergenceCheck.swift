// Notices a run that cannot recover: numbers that are no numbers, and first losses that no sound start has.
import CTrainingKernels
import Glibc
import OcellusTensor

public enum DivergenceCheck {
    /// Throws `.invalidData` naming the part of the loss that is not finite. `step` is the one at work, 1 is the first.
    public static func check(_ parts: LossParts, step: Int) throws(OcellusError) {
        let named = [
            ("classification", parts.classification), ("box", parts.boxes), ("landmark", parts.landmarks),
            ("distillation", parts.distillation), ("whole", parts.total),
        ]
        for (name, value) in named where !value.isFinite {
            throw OcellusError(
                .invalidData,
                "step \(step): the \(name) loss is \(value); lower the learning rate, lengthen the warm-up or clip "
                    + "gradients. Checkpoints are from before this")
        }
    }

    /// Throws `.invalidData` naming the first parameter, in the order of the network, with a number that is not finite.
    public static func check(_ parameters: [TrainableParameter], step: Int) throws(OcellusError) {
        for parameter in parameters {
            // A sum of squares in double cannot overflow: it is finite when all numbers are.
            if parameter.rateFactor != 0 {
                let sum = otk_sum_of_squares(parameter.gradient.pointer, parameter.gradient.count)
                guard sum.isFinite else { throw fault("gradient", parameter, parameter.gradient, step) }
            }
            let sum = otk_sum_of_squares(parameter.values.pointer, parameter.values.count)
            guard sum.isFinite else { throw fault("value", parameter, parameter.values, step) }
        }
    }

    private static func fault(
        _ what: String, _ parameter: TrainableParameter, _ numbers: Buffer<Float>, _ step: Int
    ) -> OcellusError {
        let place = numbers.elements.firstIndex { !$0.isFinite } ?? 0
        return OcellusError(
            .invalidData,
            "step \(step): \(what) \(place) of \(numbers.count) of the parameter \(parameter.name) is "
                + "\(numbers.pointer[place]); lower the learning rate, lengthen the warm-up or clip gradients. "
                + "Checkpoints are from before this")
    }

    /// What is odd about the losses of a run's first step, in sentences for the user; empty when nothing is.
    ///
    /// - Parameter classes: with the background.
    public static func warnings(firstLoss parts: LossParts, settings: LossSettings, classes: Int) -> [String] {
        guard parts.positives > 0 else {
            return ["no anchor of the first batch learns an object: are the pictures labelled, do anchor sizes fit?"]
        }
        var warnings: [String] = []
        if case .hardNegatives = settings.classification {
            // A network that knows nothing gives each class the same share. (20)
            let each = settings.scoreActivation == .softmax ? log(Float(classes)) : Float(classes - 1) * log(2)
            let expected = each * Float(parts.positives + parts.negatives) / Float(parts.positives)
            if parts.classification > 3 * expected {
                warnings.append(
                    "the first classification loss is \(rounded(parts.classification)); a network that knows nothing "
                        + "has \(rounded(expected)): are pixels scaled as the weights expect, is the class order right?"
                )
            }
        }
        // Encoded boxes of matched anchors are a few units long at most; smooth L1 of four of them stays below this.
        if parts.boxes > 20 {
            warnings.append(
                "the first box loss is \(rounded(parts.boxes)) a matched anchor, expected below 20: are boxes in "
                    + "pixels of the network's input, do the anchors fit the objects?")
        }
        return warnings
    }

    private static func rounded(_ value: Float) -> String { fixedPoint(Double(value), digits: 2) }
}
