// All the memory that decoding uses, taken once.
import OcellusTensor

/// Candidates by class, the best of all, and the detections made of them.
struct DecoderMemory {
    let results: Buffer<Detection>
    let suppression: Suppression
    let candidates: CandidateLists
    let best: CandidateLists
    /// Of one row's classes, and 8 in front.
    let exponentials: Buffer<Float>
    /// Nil when suppressed candidates are dropped.
    let blending: Blending?
    // The lists point into these.
    private let slots: Buffer<Candidate>
    private let counts: Buffer<Int>
    private let resultSlots: Buffer<Candidate>

    /// `lists` of `capacity` candidates each, `maximum` detections, blended from `blendOverlap` on, and one row of scores.
    /// Throws `.outOfMemory`.
    init(lists: Int, capacity: Int, maximum: Int, classes: Int, blendOverlap: Float?) throws(OcellusError) {
        slots = try Buffer(count: lists * capacity)
        counts = try Buffer(count: lists + 1)
        resultSlots = try Buffer(count: maximum)
        exponentials = try Buffer(count: 8 + classes)
        results = try Buffer(count: maximum)
        blending = try blendOverlap.map { overlap throws(OcellusError) in
            try Blending(overlap: overlap, capacity: maximum)
        }
        suppression = try Suppression(capacity: capacity)
        candidates = CandidateLists(slots: slots.pointer, counts: counts.pointer, lists: lists, capacity: capacity)
        best = CandidateLists(
            slots: resultSlots.pointer, counts: counts.pointer + lists, lists: 1, capacity: maximum)
    }
}
