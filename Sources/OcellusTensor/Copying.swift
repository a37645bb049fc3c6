// Plain memory moved as plain memory. `update(from:count:)` goes element by element where the compiler saves space.

extension UnsafeMutablePointer where Pointee: BitwiseCopyable {
    /// Copies `count` elements; the two ranges may overlap.
    @inlinable @inline(__always)
    public func copy(from source: UnsafePointer<Pointee>, count: Int) {
        UnsafeMutableRawPointer(self).copyMemory(from: source, byteCount: count &* MemoryLayout<Pointee>.stride)
    }

    @inlinable @inline(__always)
    public func copy(from source: UnsafeMutablePointer<Pointee>, count: Int) {
        copy(from: UnsafePointer(source), count: count)
    }
}
