// What C programs ask about errors and the library.
import COcellus
import CSystem
import OcellusBoundary

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
