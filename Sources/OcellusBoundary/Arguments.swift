// What can be checked of a pointer that C hands in: that it is there and aligned for what it is said to point to.
import OcellusTensor

/// The pointer, or `.invalidArgument` naming it when it is NULL or misaligned.
public func required<Pointee>(
    _ pointer: UnsafePointer<Pointee>?, _ name: StaticString
) throws(OcellusError) -> UnsafePointer<Pointee> {
    guard let pointer else { throw OcellusError(.invalidArgument, "`\(name)` is NULL") }
    try requireAlignment(UInt(bitPattern: pointer), MemoryLayout<Pointee>.alignment, name)
    return pointer
}

/// The pointer, or `.invalidArgument` naming it when it is NULL or misaligned.
public func required<Pointee>(
    _ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString
) throws(OcellusError) -> UnsafeMutablePointer<Pointee> {
    guard let pointer else { throw OcellusError(.invalidArgument, "`\(name)` is NULL") }
    try requireAlignment(UInt(bitPattern: pointer), MemoryLayout<Pointee>.alignment, name)
    return pointer
}

/// Whether a value of its type may be written there.
public func isAligned<Pointee>(_ pointer: UnsafeMutablePointer<Pointee>) -> Bool {
    UInt(bitPattern: pointer) % UInt(MemoryLayout<Pointee>.alignment) == 0
}

private func requireAlignment(_ address: UInt, _ alignment: Int, _ name: StaticString) throws(OcellusError) {
    guard address % UInt(alignment) == 0 else {
        throw OcellusError(
            .invalidArgument, "`\(name)` is not a multiple of \(alignment): it does not point to what it should")
    }
}

/// The text, or `.invalidArgument` naming it when it is NULL or not UTF-8.
public func text(_ pointer: UnsafePointer<CChar>?, _ name: StaticString) throws(OcellusError) -> String {
    guard let pointer else { throw OcellusError(.invalidArgument, "`\(name)` is NULL") }
    guard let text = String(validatingCString: pointer) else {
        throw OcellusError(.invalidArgument, "`\(name)` is not UTF-8")
    }
    return text
}
