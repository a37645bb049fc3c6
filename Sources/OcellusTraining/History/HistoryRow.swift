// One line of a run's history, as numbers and as a line of comma-separated values.

/// What one step came to.
public struct HistoryRow: Sendable, Equatable {
    /// 1 is the first step.
    public var step: Int
    public var epoch: Int
    /// The learning rate of the step.
    public var rate: Float
    public var loss: LossParts
    /// Before clipping.
    public var gradientNorm: Float
    /// mAP or whatever the run is judged by, 0...1, after steps it was measured at.
    public var metric: Float?

    public init(
        step: Int, epoch: Int, rate: Float, loss: LossParts, gradientNorm: Float, metric: Float? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.rate = rate
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.metric = metric
    }

    static let header =
        "step,epoch,rate,loss,class_loss,box_loss,landmark_loss,distillation_loss,positives,negatives,gradient_norm,metric"

    /// Without a line end. Floats read back as the same bits.
    var line: String {
        "\(step),\(epoch),\(rate),\(loss.total),\(loss.classification),\(loss.boxes),\(loss.landmarks),"
            + "\(loss.distillation),\(loss.positives),\(loss.negatives),\(gradientNorm),"
            + (metric.map { "\($0)" } ?? "")
    }

    /// Nil for a line that is not one of these.
    init?(line: some StringProtocol) {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 12, let step = Int(fields[0]), let epoch = Int(fields[1]),
            let positives = Int(fields[8]), let negatives = Int(fields[9])
        else { return nil }
        var numbers: [Float] = []
        for index in [2, 3, 4, 5, 6, 7, 10] {
            guard let number = Float(fields[index]) else { return nil }
            numbers.append(number)
        }
        self.init(step: step, epoch: epoch, rate: numbers[0], loss: LossParts(), gradientNorm: numbers[6])
        loss.total = numbers[1]
        loss.classification = numbers[2]
        loss.boxes = numbers[3]
        loss.landmarks = numbers[4]
        loss.distillation = numbers[5]
        loss.positives = positives
        loss.negatives = negatives
        if !fields[11].isEmpty {
            guard let metric = Float(fields[11]) else { return nil }
            self.metric = metric
        }
    }
}
