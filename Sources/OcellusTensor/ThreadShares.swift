// How pieces of work are shared among threads: each begins with a large share, small ones in the middle even out who was
// held up.

/// Consecutive pieces in shares, in the order in which a pool hands them out: the caller takes the first, the others take
/// the last (see `ThreadPool.run(chunks:)`).
struct ThreadShares {
    private let pieces: Int
    private let threads: Int
    /// Shares, none of which is empty.
    let count: Int

    /// Beginning a share costs some 50 ns where threads meet, and a small network has sixty layers in half a millisecond:
    /// a thread's first share is three quarters of its work, the other is one.
    init(pieces: Int, threads: Int) {
        self.pieces = pieces
        self.threads = threads
        count = pieces < 4 &* threads ? pieces : 2 &* threads
    }

    /// The pieces of a share.
    subscript(index: Int) -> Range<Int> {
        guard count < pieces else { return index..<index &+ 1 }
        let all = 4 &* threads
        return pieces &* quarters(before: index) / all..<pieces &* quarters(before: index &+ 1) / all
    }

    /// In quarters of what a thread does: the caller's three, one for each thread, and three for each of the others.
    private func quarters(before index: Int) -> Int {
        if index == 0 { return 0 }
        return index <= threads &+ 1 ? index &+ 2 : 3 &* index &- 2 &* threads
    }
}
