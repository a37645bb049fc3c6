// An order of 0..<count in which every number comes once, asked for one place at a time: nothing is stored, so that
// place 7 of epoch 40 needs neither the epochs before it nor a shuffled list.

/// A seeded permutation: a four-round Feistel network over the next even number of bits, walked until it lands inside
/// (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
struct RandomOrder {
    private let count: UInt64
    private let halfBits: UInt64
    private let keys: SIMD4<UInt64>

    /// Requires a count of at least 1.
    init(count: Int, seed: UInt64, epoch: Int) {
        self.count = UInt64(count)
        var bits: UInt64 = 2
        while bits < 62, 1 << bits < UInt64(count) { bits += 2 }
        halfBits = bits / 2
        var random = SeededRandom(seed: seed ^ 0x5EED_0F0E_0C1E, index: epoch)
        keys = SIMD4(random.next(), random.next(), random.next(), random.next())
    }

    /// The number at a place in 0..<count.
    func element(_ place: Int) -> Int {
        var value = UInt64(place)
        repeat { value = permuted(value) } while value >= count
        return Int(value)
    }

    private func permuted(_ value: UInt64) -> UInt64 {
        let mask = (UInt64(1) << halfBits) &- 1
        var (left, right) = (value >> halfBits, value & mask)
        for round in 0..<4 {
            var mixer = SeededRandom(seed: keys[round], index: Int(right))
            (left, right) = (right, left ^ (mixer.next() & mask))
        }
        return left << halfBits | right
    }
}
