// Owned memory for tensors and packed weights: aligned for the widest vector register, zeroed, freed with its owner.
import CSystem

/// `count` elements of plain data at a 64-byte boundary.
///
/// Not synchronised: one thread writes at a time.
public final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Element>
    public let count: Int

    /// Throws `.outOfMemory` when the memory is not to be had and `.invalidArgument` for a negative count.
    ///
    /// A convenience initialiser, like every one of a class that throws: Embedded Swift leaks the object when a
    /// designated one fails.
    public convenience init(count: Int) throws(OcellusError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard count >= 0, !overflow else {
            throw OcellusError(.invalidArgument, "a buffer of \(count) elements cannot exist")
        }
        // 64 bytes of slack: vector kernels may read (never write) past the last element.
        guard let memory = ocs_allocate(bytes + 64, 64) else {
            throw OcellusError(.outOfMemory, "\(bytes) bytes of memory were not available")
        }
        self.init(pointer: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    private init(pointer: UnsafeMutablePointer<Element>, count: Int) {
        self.pointer = pointer
        self.count = count
    }

    public convenience init(copying elements: UnsafeBufferPointer<Element>) throws(OcellusError) {
        try self.init(count: elements.count)
        if let base = elements.baseAddress { pointer.copy(from: base, count: elements.count) }
    }

    public convenience init(_ elements: [Element]) throws(OcellusError) {
        try self.init(count: elements.count)
        for (index, element) in elements.enumerated() { pointer[index] = element }
    }

    deinit { ocs_free(pointer) }

    public var elements: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }
}
