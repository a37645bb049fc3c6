// The best few of many scores, in memory given once. No box is known here yet.

/// An anchor that passed the threshold for a class.
struct Candidate: BitwiseCopyable {
    /// The key as a whole number of the same order, above the anchor counted downwards: one comparison decides.
    private let rank: UInt64
    let label: Int32

    /// `key` grows with the score; which function of it, the scan decides. Never NaN.
    init(key: Float, anchor: Int32, label: Int32) {
        // -0 becomes 0, which it equals.
        let bits = (key + 0).bitPattern
        let order = bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
        rank = UInt64(order) << 32 | UInt64(~UInt32(bitPattern: anchor))
        self.label = label
    }

    var key: Float {
        let order = UInt32(truncatingIfNeeded: rank >> 32)
        return Float(bitPattern: order ^ (~UInt32(bitPattern: Int32(bitPattern: order) >> 31) | 0x8000_0000))
    }

    var anchor: Int32 { Int32(bitPattern: ~UInt32(truncatingIfNeeded: rank)) }

    /// Higher key first; equal keys in the order of the rows, so that results never depend on the order of work.
    @inline(__always)
    func precedes(_ other: Candidate) -> Bool {
        if rank != other.rank { return rank > other.rank }
        return label < other.label
    }
}

/// A list a class (or one for all), each a heap of at most `capacity` candidates with the worst at its root.
///
/// A view into memory that the decoder owns.
struct CandidateLists: BitwiseCopyable {
    let slots: UnsafeMutablePointer<Candidate>
    let counts: UnsafeMutablePointer<Int>
    let lists: Int
    let capacity: Int

    func clear() { counts.update(repeating: 0, count: lists) }

    func list(_ index: Int) -> UnsafeMutablePointer<Candidate> { slots + index &* capacity }

    /// Adds to the list of the label; a full list drops its worst, which may be the one given.
    @inline(never)
    func insert(_ candidate: Candidate) {
        let index = lists == 1 ? 0 : Int(candidate.label) &- 1
        let heap = list(index)
        let count = counts[index]
        if count < capacity {
            counts[index] = count &+ 1
            CandidateLists.siftUp(heap, count, candidate)
        } else if candidate.precedes(heap[0]) {
            CandidateLists.siftDown(heap, capacity, candidate)
        }
    }

    /// Sorts a list, best first. It is no heap afterwards: insert nothing before `clear`.
    func sort(_ index: Int) {
        let heap = list(index)
        var remaining = counts[index]
        while remaining > 1 {
            remaining &-= 1
            let worst = heap[0]
            CandidateLists.siftDown(heap, remaining, heap[remaining])
            heap[remaining] = worst
        }
    }

    private static func siftUp(_ heap: UnsafeMutablePointer<Candidate>, _ position: Int, _ candidate: Candidate) {
        var hole = position
        while hole > 0 {
            let parent = (hole &- 1) / 2
            guard heap[parent].precedes(candidate) else { break }
            heap[hole] = heap[parent]
            hole = parent
        }
        heap[hole] = candidate
    }

    /// Puts `candidate` into a heap of `count` whose root is free.
    private static func siftDown(_ heap: UnsafeMutablePointer<Candidate>, _ count: Int, _ candidate: Candidate) {
        var hole = 0
        var child = 1
        while child < count {
            // As a sum: which of two children is the worse is a guess that processors lose.
            if child &+ 1 < count { child &+= heap[child].precedes(heap[child &+ 1]) ? 1 : 0 }
            guard candidate.precedes(heap[child]) else { break }
            heap[hole] = heap[child]
            hole = child
            child = 2 &* hole &+ 1
        }
        heap[hole] = candidate
    }
}
