// Shares of work: every piece once, none empty, and no thread's whole work in one of them.
import Testing

@testable import OcellusTensor

@Suite struct ThreadSharesTests {
    @Test("shares are all pieces once and in order, whatever their number", arguments: [1, 2, 3, 4, 7, 16, 64])
    func complete(threads: Int) {
        for pieces in Array(1...4 * threads + 9) + [1000, 1001, 90_001] {
            let shares = ThreadShares(pieces: pieces, threads: threads)
            var next = 0
            for index in 0..<shares.count {
                #expect(shares[index].lowerBound == next && !shares[index].isEmpty, "\(pieces) pieces, share \(index)")
                next = shares[index].upperBound
            }
            #expect(next == pieces)
        }
        #expect(ThreadShares(pieces: 0, threads: threads).count == 0)
    }

    @Test("the first and the last shares are three quarters of a thread's work, the middle ones a quarter")
    func sizes() {
        let shares = ThreadShares(pieces: 1600, threads: 4)
        #expect((0..<shares.count).map { shares[$0].count } == [300, 100, 100, 100, 100, 300, 300, 300])
    }
}
