// Classification rows on their way to the loops: softmax or sigmoid is decided here, once a call.
import CTrainingKernels
import OcellusDetection
import OcellusTensor

struct ClassRows {
    let targets: AnchorTargets
    private let activation: DecoderSettings.ScoreActivation
    private var rows: otk_class_rows

    init(
        rows: HeadRows, targets: AnchorTargets, gradients: HeadGradients, classes: Int, scale: Float,
        settings: LossSettings
    ) {
        self.targets = targets
        activation = settings.scoreActivation
        self.rows = otk_class_rows(
            scores: rows.scores.baseAddress, labels: targets.labels.pointer, rows: targets.rows, classes: classes,
            gradients: gradients.scores.baseAddress, scale: scale, smoothing: settings.labelSmoothing)
    }

    /// Each row's cross-entropy with its label.
    func losses(into losses: Buffer<Float>) {
        var rows = rows
        switch activation {
        case .softmax: otk_softmax_losses(&rows, losses.pointer)
        case .sigmoid: otk_sigmoid_losses(&rows, losses.pointer)
        }
    }

    /// The sum over chosen rows; their gradients are added.
    func crossEntropy(_ chosen: Buffer<UInt8>) -> Double {
        var rows = rows
        switch activation {
        case .softmax: return otk_softmax_cross_entropy(&rows, chosen.pointer)
        case .sigmoid: return otk_sigmoid_cross_entropy(&rows, chosen.pointer)
        }
    }

    /// The focal loss (arXiv 1708.02002) summed over all rows with a label of at least 0; their gradients are added.
    func focal(alpha: Float, gamma: Float) -> Double {
        var rows = rows
        switch activation {
        case .softmax: return otk_softmax_focal(&rows, alpha, gamma)
        case .sigmoid: return otk_sigmoid_focal(&rows, alpha, gamma)
        }
    }
}
