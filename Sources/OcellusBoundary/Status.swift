// Status values and the last error: how a Swift error becomes what C programs see.
import COcellus
import CSystem
import OcellusTensor

extension ocellus_status {
    public static let success = ocellus_status(OCELLUS_OK.rawValue)
    public static let invalidArgument = ocellus_status(OCELLUS_ERROR_INVALID_ARGUMENT.rawValue)
    public static let noModel = ocellus_status(OCELLUS_ERROR_NO_MODEL.rawValue)
    public static let busy = ocellus_status(OCELLUS_ERROR_BUSY.rawValue)
    public static let noFrame = ocellus_status(OCELLUS_ERROR_NO_FRAME.rawValue)
    public static let cameraLost = ocellus_status(OCELLUS_ERROR_CAMERA_LOST.rawValue)

    public init(_ code: OcellusError.Code) {
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
public func fail(_ status: ocellus_status, _ message: String) -> ocellus_status {
    var message = message
    message.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { ocs_set_last_error($0.baseAddress, $0.count) }
    }
    return status
}

/// Runs `work`; what it throws becomes a status and the last error.
public func attempt(_ work: () throws(OcellusError) -> Void) -> ocellus_status {
    do throws(OcellusError) {
        try work()
        return .success
    } catch {
        return fail(ocellus_status(error.code), error.message)
    }
}

/// A text that lives as long as the library.
public func permanent(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
