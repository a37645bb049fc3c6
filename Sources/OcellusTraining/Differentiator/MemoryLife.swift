// Blocks of memory with a beginning and an end, packed into as little as first fit finds.

/// A block of floats that is in use from one moment to another, both included.
struct MemoryLife {
    var count: Int
    var first: Int
    var last: Int
    var offset = 0

    /// Vector kernels may read one register past the end.
    private static let alignment = 16

    /// Largest first, each at the lowest offset that is free all its life. Returns the floats in all.
    static func pack(_ lives: inout [MemoryLife]) -> Int {
        let order = lives.indices.sorted { (lives[$0].count, $1) > (lives[$1].count, $0) }
        // By offset.
        var placed: [MemoryLife] = []
        var total = 0
        for index in order {
            let life = lives[index]
            var offset = 0
            for other in placed where other.first <= life.last && life.first <= other.last {
                if offset + life.count + alignment <= other.offset { break }
                let behind = other.offset + other.count + alignment
                offset = max(offset, (behind + alignment - 1) / alignment * alignment)
            }
            lives[index].offset = offset
            placed.insert(lives[index], at: placed.firstIndex { $0.offset > offset } ?? placed.count)
            total = max(total, offset + life.count + alignment)
        }
        return total
    }
}
