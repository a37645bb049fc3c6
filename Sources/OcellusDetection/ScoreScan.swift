// From logits to candidates: the threshold is moved to the logits, so that rows without objects, nearly all of them,
// cost a comparison and no exponential. Comparisons are written so that NaN fails them.
import CKernels
import CSystem

/// The passes over float scores [anchors, classes]. Rows of other types get passes of their own beside these.
struct ScoreScan {
    let scores: UnsafePointer<Float>
    let anchors: Int
    let classes: Int
    /// The score threshold, 0...1.
    let threshold: Float
    let instructions: ock_isa
    /// Room for 8 + `classes` floats, where softmax has more than two of them.
    let exponentials: UnsafeMutablePointer<Float>

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
            if isAnySet(pairs.oddHalf - pairs.evenHalf .>= cutoffs) {
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

    /// Keys are scores. Rows that (13) or the sum rules out never come back from the kernel.
    func softmax(into lists: CandidateLists) {
        var softmax = ock_softmax()
        softmax.logits = scores
        softmax.rows = anchors
        softmax.classes = classes
        softmax.threshold = threshold
        softmax.cutoff = ScoreScan.logit(threshold)
        softmax.exponentials = exponentials
        let powers = UnsafePointer(exponentials + 8)
        var anchor = ock_softmax_find(instructions, &softmax, 0)
        while anchor < anchors {
            // A little less than the bound: the exact test follows.
            let bound = softmax.sum * threshold * 0.999999
            for label in 1..<classes where powers[label] >= bound {
                let score = powers[label] / softmax.sum
                if score >= threshold {
                    lists.insert(Candidate(key: score, anchor: Int32(anchor), label: Int32(label)))
                }
            }
            anchor = ock_softmax_find(instructions, &softmax, anchor &+ 1)
        }
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
        return isAnySet(hits)
    }
}

/// As `any`, which looks for the least lane in a loop of calls.
@inline(__always)
func isAnySet(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
    let words = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return words[0] | words[1] | words[2] | words[3] != 0
}
