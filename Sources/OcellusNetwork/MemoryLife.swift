// Blocks of memory with a beginning and an end, packed into as little as first fit finds. For inference and training.

/// A block that is in use from one moment to another, both included.
public struct MemoryLife: Sendable {
    /// Its size; the unit, bytes or floats, is the caller's.
    public var count: Int
    public var first: Int
    public var last: Int
    /// Where it lies, once packed.
    public private(set) var offset = 0

    public init(count: Int, first: Int, last: Int) {
        self.count = count
        self.first = first
        self.last = last
    }

    /// Largest first, each at the lowest offset where nothing that lives at the same time is in the way. Returns the size of
    /// the whole.
    ///
    /// - Parameter alignment: blocks start at multiples of it, and as much stays free behind the last one: kernels may read
    ///   past an end.
    public static func pack(_ lives: inout [MemoryLife], alignment: Int) -> Int {
        let order = lives.indices.sorted {
            lives[$0].count != lives[$1].count ? lives[$0].count > lives[$1].count : $0 < $1
        }
        // By offset.
        var placed: [MemoryLife] = []
        var total = 0
        for index in order {
            let life = lives[index]
            var offset = 0
            for other in placed where other.first <= life.last && life.first <= other.last {
                if offset + life.count <= other.offset { break }
                let behind = other.offset + other.count + alignment
                offset = max(offset, (behind + alignment - 1) / alignment * alignment)
            }
            lives[index].offset = offset
            placed.insert(lives[index], at: placed.firstIndex { $0.offset > offset } ?? placed.count)
            total = max(total, offset + life.count)
        }
        return total + alignment
    }
}
