// Status values and the last error: how a Swift error becomes what C programs see. As in OcellusC, for this library.
import COcellusTraining
import CSystem
import OcellusTensor
import OcellusTraining

extension ocellus_status {
    static let success = ocellus_status(OCELLUS_OK.rawValue)
    static let invalidArgument = ocellus_status(OCELLUS_ERROR_INVALID_ARGUMENT.rawValue)
    static let noModel = ocellus_status(OCELLUS_ERROR_NO_MODEL.rawValue)
    static let busy = ocellus_status(OCELLUS_ERROR_BUSY.rawValue)
    static let cancelled = ocellus_status(OCELLUS_CANCELLED.rawValue)

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
func attempt(_ work: () throws -> Void) -> ocellus_status {
    do {
        try work()
        return .success
    } catch let error as OcellusError {
        return fail(ocellus_status(error.code), error.message)
    } catch is FineTune.Stopped {
        return fail(.cancelled, "the run was cancelled: its state is kept, call ocellus_trainer_run() again to go on")
    } catch {
        return fail(ocellus_status(.io), "\(error)")
    }
}

/// A text that lives as long as the library.
func permanent(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func ocellus_training_last_error() -> UnsafePointer<CChar>? { ocs_last_error() }

@c @implementation
public func ocellus_training_version() -> UnsafePointer<CChar>? {
    // The header's OCELLUS_VERSION again: a test compares them.
    permanent("0.1.0")
}
