// The best few of many scores, in memory given once. No box is known here yet.

/// An anchor that passed the threshold for a class.
struct Candidate: BitwiseCopyable {
    /// Grows with the score; which function of it, the scan decides. Never NaN.
    var key: Float
    var anchor: Int32
    var label: Int32

    /// Higher key first; equal keys in the order of the rows, so that results never depend on the order of work.
    func precedes(_ other: Candidate) -> Bool {
        if key != other.key { return key > other.key }
        if anchor != other.anchor { return anchor < other.anchor }
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
    @inline(__always)
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
        while true {
            var child = 2 &* hole &+ 1
            guard child < count else { break }
            if child &+ 1 < count && heap[child].precedes(heap[child &+ 1]) { child &+= 1 }
            guard candidate.precedes(heap[child]) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = candidate
    }
}
