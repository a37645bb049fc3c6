// What training adds to status values, and what C programs ask about errors and this library.
import COcellusTraining
import CSystem
import OcellusBoundary
import OcellusTensor
import OcellusTraining

extension ocellus_status {
    static let cancelled = ocellus_status(OCELLUS_CANCELLED.rawValue)
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

@c @implementation
public func ocellus_training_last_error() -> UnsafePointer<CChar>? { ocs_last_error() }

@c @implementation
public func ocellus_training_version() -> UnsafePointer<CChar>? {
    // The header's OCELLUS_VERSION again: a test compares them.
    permanent("0.1.0")
}
