// Precision and recall as the score threshold falls, and the ways of making one number of them.

/// Detections of one class by falling score, each right or wrong.
public struct PrecisionRecallCurve: Sendable, Equatable {
    /// One number from a curve.
    public enum Interpolation: Sendable, CaseIterable {
        /// PASCAL VOC 2007: the best precision at recalls 0, 0.1, … 1.
        case elevenPoint
        /// PASCAL VOC from 2010 on: the area under the curve, precision made monotone.
        case area
        /// COCO: the best precision at recalls 0, 0.01, … 1.
        case hundredAndOnePoint
    }

    /// Falling; one for each detection that counts.
    public let scores: [Float]
    /// Recall and precision, 0...1, of all detections with at least the score in the same place.
    public let recall: [Double]
    public let precision: [Double]
    /// Objects that count.
    public let truthCount: Int

    /// From detections (score, right or wrong) in the order of the pictures; equal scores keep that order.
    init(_ outcomes: [(score: Float, isRight: Bool)], truthCount: Int) {
        let order = outcomes.indices.sorted {
            (-outcomes[$0].score, $0) < (-outcomes[$1].score, $1)
        }
        var hits = 0
        var (scores, recall, precision): ([Float], [Double], [Double]) = ([], [], [])
        for (place, index) in order.enumerated() {
            if outcomes[index].isRight { hits += 1 }
            scores.append(outcomes[index].score)
            recall.append(truthCount > 0 ? Double(hits) / Double(truthCount) : 0)
            precision.append(Double(hits) / Double(place + 1))
        }
        self.scores = scores
        self.recall = recall
        self.precision = precision
        self.truthCount = truthCount
    }

    /// The largest recall that was reached.
    public var highestRecall: Double { recall.last ?? 0 }

    /// The best precision at this recall or any larger one, for each detection.
    public var monotonePrecision: [Double] {
        var result = precision
        for index in result.indices.dropLast().reversed() { result[index] = max(result[index], result[index + 1]) }
        return result
    }

    /// 0...1; nil when there is no object, so that nothing can be said.
    public func averagePrecision(_ interpolation: Interpolation) -> Double? {
        guard truthCount > 0 else { return nil }
        let monotone = monotonePrecision
        switch interpolation {
        case .elevenPoint: return sampled(monotone, points: 11, step: 0.1)
        case .hundredAndOnePoint: return sampled(monotone, points: 101, step: 0.01)
        case .area:
            var (sum, before) = (0.0, 0.0)
            for (index, value) in recall.enumerated() {
                sum += (value - before) * monotone[index]
                before = value
            }
            return sum
        }
    }

    private func sampled(_ monotone: [Double], points: Int, step: Double) -> Double {
        var (sum, index) = (0.0, 0)
        for point in 0..<points {
            let wanted = point == points - 1 ? 1 : Double(point) * step
            while index < recall.count, recall[index] < wanted { index += 1 }
            if index < recall.count { sum += monotone[index] }
        }
        return sum / Double(points)
    }

    /// Precision and recall of all detections with at least this score; without any there is no precision.
    public func at(score: Float) -> (precision: Double?, recall: Double) {
        // The last place with at least the score.
        guard let index = scores.lastIndex(where: { $0 >= score }) else { return (nil, 0) }
        return (precision[index], recall[index])
    }
}
