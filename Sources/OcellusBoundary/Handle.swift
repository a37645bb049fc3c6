// What an opaque pointer points to: a mark that tells a live object of its kind from anything else, and the object.
import CSystem
import OcellusTensor

/// What can stand behind an opaque pointer.
public protocol Handled: AnyObject {
    /// A number of its own for each kind.
    static var mark: UInt64 { get }
    /// The kind's name in messages.
    static var noun: StaticString { get }
}

/// The memory behind the opaque pointer. Its alignment is larger than malloc gives, which most foreign pointers fail.
public struct Handle<Object: Handled> {
    private var mark: UInt64
    private let object: Unmanaged<Object>

    /// A new handle that owns `object`.
    public static func make(_ object: Object) throws(OcellusError) -> OpaquePointer {
        guard let memory = ocs_allocate(MemoryLayout<Handle>.size, handleAlignment) else {
            throw OcellusError(.outOfMemory, "no memory for a handle")
        }
        let handle = memory.bindMemory(to: Handle.self, capacity: 1)
        handle.initialize(to: Handle(mark: Object.mark, object: Unmanaged.passRetained(object)))
        return OpaquePointer(handle)
    }

    /// The object behind `pointer`, or `.invalidArgument` when it is visibly no live one of its kind.
    public static func object(_ pointer: OpaquePointer?) throws(OcellusError) -> Object {
        guard let pointer else { throw nullHandle(Object.noun) }
        let handle = UnsafePointer<Handle>(pointer)
        guard UInt(bitPattern: pointer) % UInt(handleAlignment) == 0, handle.pointee.mark == Object.mark else {
            throw foreignHandle(Object.noun)
        }
        return handle.pointee.object.takeUnretainedValue()
    }

    /// Frees the handle and lets go of its object. `pointer` was accepted by `object`.
    public static func destroy(_ pointer: OpaquePointer) {
        let handle = UnsafeMutablePointer<Handle>(pointer)
        handle.pointee.mark = 0
        handle.pointee.object.release()
        ocs_free(handle)
    }
}

private let handleAlignment = 64

private func nullHandle(_ noun: StaticString) -> OcellusError {
    OcellusError(.invalidArgument, "`" + noun.message + "` is NULL")
}

private func foreignHandle(_ noun: StaticString) -> OcellusError {
    OcellusError(
        .invalidArgument,
        "`" + noun.message + "` is no " + noun.message + ", or one that has been given back: create one first")
}

extension StaticString {
    /// For names in messages.
    var message: ErrorMessage { ErrorMessage(stringLiteral: self) }
}
