// What stands behind an `ocellus_camera *`: the camera, its current frame, and who is at work with it.
import COcellus
import CSystem
import OcellusBoundary
import OcellusCamera
import OcellusTensor
import Synchronization

/// A camera with the frame and the texts that a C program may keep pointers to.
final class CameraSession: Handled {
    static var mark: UInt64 { 0x6F63_656C_6C75_7302 }
    static var noun: StaticString { "camera" }

    let camera: Camera
    let name: UnsafeMutablePointer<CChar>
    /// Frames whose contents could not be decoded, which the camera itself does not look at.
    var undecodable: UInt64 = 0
    /// Whether `ocellus_camera_run` is on a stack, also while the callback has the camera.
    var isRunning: Bool { runner.load(ordering: .acquiring) != 0 }
    /// Whether that is this thread's.
    var isRunningHere: Bool { runner.load(ordering: .acquiring) == CameraSession.thread }
    private var frame: Frame?
    private let working = Atomic<Bool>(false)
    /// The thread that runs the camera; 0: none does.
    private let runner = Atomic<UInt>(0)

    /// A number of this thread alone while it lives: where its last error is kept.
    private static var thread: UInt { UInt(bitPattern: ocs_last_error()) }

    convenience init(_ camera: Camera) throws(OcellusError) {
        self.init(camera, try makeText(camera.card))
    }

    private init(_ camera: Camera, _ name: UnsafeMutablePointer<CChar>) {
        self.camera = camera
        self.name = name
    }

    deinit { ocs_free(name) }

    /// Whether the caller may work with the camera now; `end` must follow when it may.
    func begin() -> Bool { !working.exchange(true, ordering: .acquiring) }

    func end() { working.store(false, ordering: .releasing) }

    func beginRun() { runner.store(CameraSession.thread, ordering: .releasing) }

    func endRun() { runner.store(0, ordering: .releasing) }

    /// Takes the newest frame for the current one; false when none came.
    func advance(_ timeout: Int) throws(OcellusError) -> Bool {
        frame = nil
        frame = try camera.nextFrame(timeoutMilliseconds: timeout)
        return frame != nil
    }

    func dropFrame() { frame = nil }

    /// What `body` makes of the current frame; nil when there is none.
    func withFrame<Result>(_ body: (borrowing Frame) throws(OcellusError) -> Result) throws(OcellusError) -> Result? {
        switch frame {
        case .some(let frame): return try body(frame)
        case .none: return nil
        }
    }

    /// Whether a lost camera stays lost.
    var givesUp: Bool { camera.lossPolicy == .exit }

    var isLost: Bool {
        if case .lost = camera.state { return true }
        return false
    }
}

func busy() -> ocellus_status {
    fail(.busy, "the camera is at work in another thread: wait for it, or stop it first")
}

/// Runs `work` with the camera behind `pointer`, refusing when it is at work elsewhere.
func withCamera(
    _ pointer: OpaquePointer?, _ work: (CameraSession) throws(OcellusError) -> ocellus_status
) -> ocellus_status {
    do throws(OcellusError) {
        let session = try Handle<CameraSession>.object(pointer)
        guard session.begin() else { return busy() }
        defer { session.end() }
        return try work(session)
    } catch {
        return fail(ocellus_status(error.code), error.message)
    }
}

extension ocellus_frame {
    init(_ frame: borrowing Frame) {
        self.init()
        bytes = frame.bytes.baseAddress
        byte_count = frame.bytes.count
        format = frame.format.code.code
        width = UInt32(clamping: frame.width)
        height = UInt32(clamping: frame.height)
        stride = UInt32(clamping: frame.bytesPerRow)
        sequence = frame.sequence
        timestamp_ns = frame.timestamp
        arrival_ns = frame.arrival
    }
}
