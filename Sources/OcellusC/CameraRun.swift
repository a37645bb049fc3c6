// The callback loop, what ends it, and what a camera says about itself.
import COcellus
import CSystem
import Ocellus
import OcellusBoundary
import OcellusCamera
import OcellusDetection
import OcellusTensor

@c @implementation
public func ocellus_camera_run(
    _ camera: OpaquePointer?, _ detector: OpaquePointer?,
    _ callback: (
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<ocellus_frame>?,
            UnsafePointer<ocellus_detection>?, Int
        ) -> Int32
    )?, _ context: UnsafeMutableRawPointer?
) -> ocellus_status {
    withCamera(camera) { (session) throws(OcellusError) in
        guard let callback else { throw OcellusError(.invalidArgument, "`callback` is NULL") }
        if let refusal = session.refusal { return refusal }
        var finder: Session?
        if detector != nil { finder = try Handle<Session>.object(detector) }
        if let finder, !finder.begin() { return fail(.busy, "the detector is at work in another thread") }
        defer { finder?.end() }
        // Room for as many as the detector reports.
        let found = try Buffer<ocellus_detection>(count: finder?.detector.maximumDetections ?? 0)
        session.beginRun()
        defer { session.endRun() }
        /// The callback may use the camera: it is free for that time.
        func call(_ frame: UnsafePointer<ocellus_frame>?, _ count: Int) -> Bool {
            session.end()
            let answer = callback(context, camera, frame, found.pointer, count)
            // Another thread may have the camera: its state for a moment, or a picture for longer.
            while !session.begin() { ocs_pause() }
            return answer == 0
        }
        while true {
            let (status, sentence) = try session.next(-1)
            if status == .cameraLost {
                guard call(nil, 0) else { return .success }
                if session.givesUp { return fail(status, sentence) }
                continue
            }
            if status == .noFrame { return .success }
            guard status == .success else { return fail(status, sentence) }
            var count = 0
            if let finder {
                do throws(OcellusError) {
                    for detection in try session.detections(finder.detector)
                        ?? UnsafeBufferPointer(start: nil, count: 0)
                    {
                        found.pointer[count] = ocellus_detection(detection)
                        count += 1
                    }
                } catch {
                    if error.code == .invalidData { continue }
                    throw error
                }
            }
            var frame = try session.withFrame { ocellus_frame($0) } ?? ocellus_frame()
            guard call(&frame, count) else { return .success }
        }
    }
}

@c @implementation
public func ocellus_camera_stop(_ camera: OpaquePointer?) {
    guard let camera else { return }
    do throws(OcellusError) {
        try Handle<CameraSession>.object(camera).camera.interrupt()
    } catch {
        _ = fail(ocellus_status(error.code), error.message)
    }
}

@c @implementation
public func ocellus_camera_state(
    _ camera: OpaquePointer?, _ info: UnsafeMutablePointer<ocellus_camera_info>?
) -> ocellus_status {
    withCamera(camera) { (session) throws(OcellusError) in
        let pointer = try required(info, "info")
        let size = Int(pointer.pointee.size)
        let knownSize = MemoryLayout<ocellus_camera_info>.size
        try checkSize(size, "info.size", knownSize)
        var known = ocellus_camera_info(session)
        known.size = UInt32(size)
        let memory = UnsafeMutableRawPointer(pointer)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        withUnsafeBytes(of: known) { memory.copyMemory(from: $0.baseAddress!, byteCount: min(size, knownSize)) }
        return .success
    }
}

extension ocellus_camera_info {
    fileprivate init(_ session: CameraSession) {
        self.init()
        let camera = session.camera
        format = camera.format.code.code
        width = UInt32(clamping: camera.format.width)
        height = UInt32(clamping: camera.format.height)
        frames_per_second = Float(camera.framesPerSecond)
        if case .lost(let reason, _) = camera.state {
            switch reason {
            case .disconnected: state = 1
            case .failed: state = 2
            case .silent: state = 3
            }
        }
        let counts = camera.statistics
        delivered = counts.delivered
        skipped = counts.skipped
        dropped = counts.dropped
        damaged = counts.damaged + session.undecodable
        reopened = counts.reopened
    }
}

@c @implementation
public func ocellus_camera_name(_ camera: OpaquePointer?) -> UnsafePointer<CChar>? {
    do throws(OcellusError) { return try UnsafePointer(Handle<CameraSession>.object(camera).name) } catch {
        return permanent("")
    }
}
