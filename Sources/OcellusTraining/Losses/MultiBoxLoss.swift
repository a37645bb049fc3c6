// The detection loss of SSD (arXiv 1512.02325, section 2.2): classes, boxes and landmarks, value and gradient in one
// pass. Theory: docs/training.md. The loops are in CTrainingKernels.
import CTrainingKernels
import OcellusDetection
import OcellusTensor

/// Compares head rows with targets. One thread at a time: it has working memory for one batch.
public final class MultiBoxLoss {
    public let settings: LossSettings
    /// Loss of each row, to find the hardest.
    private let losses: Buffer<Float>
    /// How often each row counts.
    private let chosen: Buffer<UInt8>

    /// `rows`: the most rows, batch times anchors. Throws `.invalidArgument` for settings out of range, `.outOfMemory`.
    public convenience init(settings: LossSettings = LossSettings(), rows: Int) throws(OcellusError) {
        try settings.check()
        self.init(settings, try Buffer(count: rows), try Buffer(count: rows))
    }

    private init(_ settings: LossSettings, _ losses: Buffer<Float>, _ chosen: Buffer<UInt8>) {
        self.settings = settings
        self.losses = losses
        self.chosen = chosen
    }

    /// The loss of a batch. `gradients` is overwritten with its derivative by each number of `rows`.
    ///
    /// - Parameters:
    ///   - rows: [batch * anchors] rows, pictures one after the other.
    ///   - normaliser: what the sums are divided by; nil: the batch's positives, at least 1. Give it when the batch is
    ///     one of several whose gradients are added up.
    ///
    /// Throws `.invalidArgument` for rows that do not fit the targets and for a label the scores have no column for.
    /// Numbers that are not finite are no error here: they come out as such, see `DivergenceCheck`.
    public func evaluate(
        _ rows: HeadRows, _ targets: AnchorTargets, gradients: HeadGradients, normaliser: Float? = nil
    ) throws(OcellusError) -> LossParts {
        let classes = try gradients.classes(of: rows, count: targets.rows)
        guard targets.rows <= losses.count else {
            throw OcellusError(
                .invalidArgument, "\(targets.rows) rows in a loss made for at most \(losses.count); make it larger")
        }
        var parts = LossParts()
        parts.positives = try positives(targets, classes: classes)
        let normaliser = normaliser ?? Float(max(parts.positives, 1))  // (6)
        guard normaliser > 0, normaliser.isFinite else {
            throw OcellusError(.invalidArgument, "a loss divided by \(normaliser): must be above 0")
        }
        gradients.clear()
        let work = ClassRows(
            rows: rows, targets: targets, gradients: gradients, classes: classes,
            scale: settings.classWeight / normaliser, settings: settings)
        let sum: Double
        switch settings.classification {
        case .hardNegatives(let ratio, let least, let negativeWeight):
            chooseHardest(work, ratio, least, negativeWeight, &parts)
            sum = work.crossEntropy(chosen)
        case .focal(let alpha, let gamma):
            parts.negatives = targets.labels.elements.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
            sum = work.focal(alpha: alpha, gamma: gamma)
        }
        parts.classification = Float(sum / Double(normaliser))
        parts.boxes = smoothL1(
            rows.boxes, targets.boxes, gradients.boxes, targets, nil, settings.boxWeight, normaliser)
        if let landmarks = rows.landmarks, let landmarkGradients = gradients.landmarks {
            parts.landmarks = smoothL1(
                landmarks, targets.landmarks, landmarkGradients, targets, targets.landmarkWeights.pointer,
                settings.landmarkWeight, normaliser)
        }
        parts.total =
            settings.classWeight * parts.classification + settings.boxWeight * parts.boxes
            + settings.landmarkWeight * parts.landmarks  // (7)
        return parts
    }

    private func positives(_ targets: AnchorTargets, classes: Int) throws(OcellusError) -> Int {
        var (count, largest) = (0, Int32(0))
        for label in targets.labels.elements {
            if label > 0 { count += 1 }
            largest = max(largest, label)
        }
        guard Int(largest) < classes else {
            throw OcellusError(
                .invalidArgument,
                "an object of label \(Int(largest)) for a network with \(classes) classes, background included; "
                    + "labels go up to \(classes - 1)")
        }
        return count
    }

    /// Marks positives, and each picture's background anchors of the largest loss. (8)
    private func chooseHardest(
        _ work: ClassRows, _ ratio: Float, _ least: Int, _ negativeWeight: Int, _ parts: inout LossParts
    ) {
        work.losses(into: losses)
        let (labels, anchors) = (work.targets.labels.pointer, work.targets.anchors)
        for picture in 0..<work.targets.batch {
            let first = picture * anchors
            var (positives, background) = (0, 0)
            for row in first..<first + anchors {
                chosen.pointer[row] = labels[row] > 0 ? 1 : 0
                positives += labels[row] > 0 ? 1 : 0
                background += labels[row] == 0 ? 1 : 0
            }
            let wanted = min(max(ratio * Float(positives), Float(least)), Float(background))
            otk_choose_hardest(losses.pointer + first, labels + first, anchors, Int(wanted), chosen.pointer + first)
            parts.negatives += Int(wanted)
            guard positives == 0, negativeWeight > 1 else { continue }
            for row in first..<first + anchors { chosen.pointer[row] *= UInt8(negativeWeight) }
        }
    }

    private func smoothL1(
        _ values: UnsafeBufferPointer<Float>, _ aims: Buffer<Float>, _ gradients: UnsafeMutableBufferPointer<Float>,
        _ targets: AnchorTargets, _ weights: UnsafePointer<Float>?, _ weight: Float, _ normaliser: Float
    ) -> Float {
        var rows = otk_regression_rows(
            values: values.baseAddress, targets: aims.pointer, rows: targets.rows, columns: values.count / targets.rows,
            gradients: gradients.baseAddress, scale: weight / normaliser, beta: settings.beta)
        return Float(otk_smooth_l1(&rows, targets.labels.pointer, weights) / Double(normaliser))
    }
}
