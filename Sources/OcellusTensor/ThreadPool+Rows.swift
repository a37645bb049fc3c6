// Rows of a picture shared among the threads of a pool.

extension ThreadPool {
    /// Cuts `0..<rows` into parts and calls `body` once for each, `worker` as in `run(chunks:)`. No allocation.
    public func run(rows: Int, _ body: (_ part: Range<Int>, _ worker: Int) -> Void) {
        let shares = ThreadShares(pieces: rows, threads: threads)
        run(chunks: shares.count) { chunk, worker in body(shares[chunk], worker) }
    }

    /// The same on `pool`; where there is none, all rows at once on the calling thread, as worker 0.
    public static func run(rows: Int, on pool: ThreadPool?, _ body: (_ part: Range<Int>, _ worker: Int) -> Void) {
        if let pool { pool.run(rows: rows, body) } else { body(0..<rows, 0) }
    }
}
