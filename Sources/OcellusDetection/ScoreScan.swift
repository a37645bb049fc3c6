// From logits to candidates: the threshold is moved to the logits, so that rows without objects, nearly all of them,
// cost a comparison and no exponential. Comparisons are written so that NaN fails them.
import CSystem

/// The passes over float scores [anchors, classes]. Rows of other types get passes of their own beside these.
struct ScoreScan {
    let scores: UnsafePointer<Float>
    let anchors: Int
    let classes: Int
    /// The score threshold, 0...1.
    let threshold: Float

    /// log(t / (1 - t)): -infinity at 0, +infinity at 1. (10)
    static func logit(_ threshold: Float) -> Float { logf(threshold / (1 - threshold)) }

    /// The inverse: the score for a logit. (10)
    static func sigmoid(_ logit: Float) -> Float { 1 / (1 + expf(-logit)) }

    /// Keys are logits.
    func sigmoid(into lists: CandidateLists) {
        let cutoff = ScoreScan.logit(threshold)
        for anchor in 0..<anchors {
            let row = scores + anchor &* classes
            guard ScoreScan.reaches(row + 1, classes &- 1, cutoff) else { continue }
            for label in 1..<classes where row[label] >= cutoff {  // (11)
                lists.insert(Candidate(key: row[label], anchor: Int32(anchor), label: Int32(label)))
            }
        }
    }

    /// Two columns, background and object. Keys are the differences of the two, whose sigmoid is the score. (12)
    func softmaxOfTwo(into lists: CandidateLists) {
        let cutoff = ScoreScan.logit(threshold)
        let cutoffs = SIMD8<Float>(repeating: cutoff)
        var anchor = 0
        while anchor &+ 8 <= anchors {
            let pairs = UnsafeRawPointer(scores + 2 &* anchor).loadUnaligned(as: SIMD16<Float>.self)
            if any(pairs.oddHalf - pairs.evenHalf .>= cutoffs) {
                for near in anchor..<(anchor &+ 8) { insertOfTwo(near, cutoff, lists) }
            }
            anchor &+= 8
        }
        while anchor < anchors {
            insertOfTwo(anchor, cutoff, lists)
            anchor &+= 1
        }
    }

    @inline(__always)
    private func insertOfTwo(_ anchor: Int, _ cutoff: Float, _ lists: CandidateLists) {
        let difference = scores[2 &* anchor &+ 1] - scores[2 &* anchor]
        if difference >= cutoff { lists.insert(Candidate(key: difference, anchor: Int32(anchor), label: 1)) }
    }

    /// Keys are scores.
    func softmax(into lists: CandidateLists) {
        let cutoff = ScoreScan.logit(threshold)
        for anchor in 0..<anchors {
            let row = scores + anchor &* classes
            // A little less than the bound, as both sides of it are rounded; the exact test follows. (13)
            let bound = row[0] + cutoff - (0.001 + abs(row[0]) * 1e-6)
            guard ScoreScan.reaches(row + 1, classes &- 1, bound) else { continue }
            var largest = row[0]
            for label in 1..<classes where row[label] > largest { largest = row[label] }
            // No score is above 1 / sum.
            if ScoreScan.leastSum(row, classes, largest) * threshold > 1.001 { continue }
            var sum: Float = 0
            for label in 0..<classes { sum += expf(row[label] - largest) }
            for label in 1..<classes where row[label] >= bound {
                let score = expf(row[label] - largest) / sum
                if score >= threshold {
                    lists.insert(Candidate(key: score, anchor: Int32(anchor), label: Int32(label)))
                }
            }
        }
    }

    /// A sum that exceeds that of e^(value - largest) nowhere, and hardly where it matters: 1 + x/16 to the 16th power is
    /// at most e^x for x > -16, and values beyond whole fours are left out.
    @inline(__always)
    private static func leastSum(_ values: UnsafePointer<Float>, _ count: Int, _ largest: Float) -> Float {
        var sums = SIMD4<Float>(repeating: 0)
        let start = 1 - largest / 16
        var index = 0
        while index &+ 4 <= count {
            var power = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD4<Float>.self) * 0.0625 + start
            power.replace(with: 0, where: power .< 0)
            power *= power
            power *= power
            power *= power
            sums += power * power
            index &+= 4
        }
        return sums.sum()
    }

    /// Whether one of `count` numbers is at least `cutoff`.
    @inline(__always)
    private static func reaches(_ values: UnsafePointer<Float>, _ count: Int, _ cutoff: Float) -> Bool {
        guard count >= 8 else {
            for index in 0..<count where values[index] >= cutoff { return true }
            return false
        }
        let cutoffs = SIMD8<Float>(repeating: cutoff)
        // The last eight overlap the whole blocks: asking twice changes nothing.
        var hits = UnsafeRawPointer(values + (count &- 8)).loadUnaligned(as: SIMD8<Float>.self) .>= cutoffs
        var index = 0
        while index &+ 8 < count {
            hits = hits .| (UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self) .>= cutoffs)
            index &+= 8
        }
        return any(hits)
    }
}
