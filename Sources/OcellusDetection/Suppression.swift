// Greedy non-maximum suppression: boxes come best first, and one stays unless it overlaps one that stayed before it.
import OcellusTensor

/// The boxes that stayed, by coordinate, eight to a vector. Memory is given once.
final class Suppression {
    private typealias Lanes = SIMD8<Float>

    private let memory: Buffer<SIMD8<Float>>
    private var kept = 0
    private var threshold: Float = 0

    /// Vectors a block of eight boxes takes: left, top, right, bottom, area.
    private static let stride = 5

    convenience init(capacity: Int) throws(OcellusError) {
        self.init(memory: try Buffer(count: (capacity + 7) / 8 * Suppression.stride))
    }

    private init(memory: Buffer<SIMD8<Float>>) { self.memory = memory }

    func begin(threshold: Float) {
        kept = 0
        self.threshold = threshold
    }

    /// Keeps a proper box, and returns nil, unless one that is kept overlaps it by more than the threshold: returns the
    /// first of those, counted from 0 in the order of keeping.
    ///
    /// Requires fewer calls since `begin` than the capacity.
    func keeper(of box: Box) -> Int? {
        let left = Lanes(repeating: box.left)
        let top = Lanes(repeating: box.top)
        let right = Lanes(repeating: box.right)
        let bottom = Lanes(repeating: box.bottom)
        let area = Lanes(repeating: box.area)
        let limit = Lanes(repeating: threshold)
        var block = memory.pointer
        let end = block + (kept &+ 7) / 8 &* Suppression.stride
        while block < end {
            let width = Suppression.smaller(right, block[2]) - Suppression.larger(left, block[0])
            let height = Suppression.smaller(bottom, block[3]) - Suppression.larger(top, block[1])
            let shared = width * height
            let overlaps = shared .> limit * (block[4] + area - shared)  // (14)
            let found = overlaps .& (width .> 0) .& (height .> 0)
            if isAnySet(found) { return (block - memory.pointer) / Suppression.stride &* 8 &+ Suppression.first(found) }
            block += Suppression.stride
        }
        append(box)
        return nil
    }

    /// A box that stayed.
    subscript(index: Int) -> Box {
        let block = memory.pointer + index / 8 &* Suppression.stride
        let lane = index % 8
        return Box(left: block[0][lane], top: block[1][lane], right: block[2][lane], bottom: block[3][lane])
    }

    private static func first(_ lanes: SIMDMask<SIMD8<Int32>>) -> Int {
        var lane = 0
        while lane < 7, !lanes[lane] { lane &+= 1 }
        return lane
    }

    private func append(_ box: Box) {
        let block = memory.pointer + kept / 8 &* Suppression.stride
        let lane = kept % 8
        if lane == 0 {
            // Empty boxes in the lanes to come: they overlap nothing.
            for index in 0..<Suppression.stride { block[index] = .zero }
            block[0] = Lanes(repeating: .greatestFiniteMagnitude)
            block[1] = Lanes(repeating: .greatestFiniteMagnitude)
        }
        block[0][lane] = box.left
        block[1][lane] = box.top
        block[2][lane] = box.right
        block[3][lane] = box.bottom
        block[4][lane] = box.area
        kept &+= 1
    }

    @inline(__always)
    private static func smaller(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
        a.replacing(with: b, where: b .< a)
    }

    @inline(__always)
    private static func larger(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
        a.replacing(with: b, where: b .> a)
    }
}
