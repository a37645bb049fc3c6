// Status values and the last error: how a Swift error becomes what C programs see.
import COcellus
import CSystem
import OcellusTensor

extension ocellus_status {
    static let success = ocellus_status(OCELLUS_OK.rawValue)
    static let invalidArgument = ocellus_status(OCELLUS_ERROR_INVALID_ARGUMENT.rawValue)
    static let noModel = ocellus_status(OCELLUS_ERROR_NO_MODEL.rawValue)
    static let busy = ocellus_status(OCELLUS_ERROR_BUSY.rawValue)
    static let noFrame = ocellus_status(OCELLUS_ERROR_NO_FRAME.rawValue)
    static let cameraLost = ocellus_status(OCELLUS_ERROR_CAMERA_LOST.rawValue)

    init(_ code: OcellusError.Code) {
        let value =
            switch code {
            case .invalidArgument: OCELLUS_ERROR_INVALID_ARGUMENT
            case .invalidData: OCELLUS_ERROR_INVALID_DATA
            case .unsupported: OCELLUS_ERROR_UNSUPPORTED
            case .io: OCELLUS_ERROR_IO
            case .outOfMemory: OCELLUS_ERROR_OUT_OF_MEMORY
            }
        self = ocellus_status(value.rawValue)
    }
}

/// Keeps `message` as this thread's last error and returns `status`.
func fail(_ status: ocellus_status, _ message: String) -> ocellus_status {
    var message = message
    message.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { ocs_set_last_error($0.baseAddress, $0.count) }
    }
    return status
}

/// Runs `work`; what it throws becomes a status and the last error.
func attempt(_ work: () throws(OcellusError) -> Void) -> ocellus_status {
    do throws(OcellusError) {
        try work()
        return .success
    } catch {
        return fail(ocellus_status(error.code), error.message)
    }
}

/// A text that lives as long as the library.
func permanent(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func ocellus_status_text(_ status: ocellus_status) -> UnsafePointer<CChar>? {
    guard let value = UInt32(exactly: status) else { return permanent("unknown status") }
    return switch ocellus_status_values(rawValue: value) {
    case OCELLUS_OK: permanent("no error")
    case OCELLUS_ERROR_INVALID_ARGUMENT: permanent("invalid argument")
    case OCELLUS_ERROR_INVALID_DATA: permanent("invalid data")
    case OCELLUS_ERROR_UNSUPPORTED: permanent("unsupported")
    case OCELLUS_ERROR_IO: permanent("input or output error")
    case OCELLUS_ERROR_OUT_OF_MEMORY: permanent("out of memory")
    case OCELLUS_ERROR_NO_MODEL: permanent("no built-in model")
    case OCELLUS_ERROR_BUSY: permanent("detector or camera is busy")
    case OCELLUS_ERROR_NO_FRAME: permanent("no frame")
    case OCELLUS_ERROR_CAMERA_LOST: permanent("camera lost")
    default: permanent("unknown status")
    }
}

@c @implementation
public func ocellus_last_error() -> UnsafePointer<CChar>? { ocs_last_error() }

@c @implementation
public func ocellus_version() -> UnsafePointer<CChar>? {
    // The header's OCELLUS_VERSION again: a test compares them.
    permanent("0.1.0")
}
