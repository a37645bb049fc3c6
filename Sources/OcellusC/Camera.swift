// Cameras from C: opened, asked for frames, closed.
import COcellus
import Ocellus
import OcellusBoundary
import OcellusCamera
import OcellusDetection
import OcellusImage
import OcellusTensor

@c @implementation
public func ocellus_camera_open(
    _ path: UnsafePointer<CChar>?, _ options: UnsafePointer<ocellus_camera_options>?,
    _ camera: UnsafeMutablePointer<OpaquePointer?>?
) -> ocellus_status {
    attempt { () throws(OcellusError) in
        let result = try required(camera, "camera")
        result.pointee = nil
        let options = try cameraOptions(options)
        var name: String?
        if let path {
            guard let text = String(validatingCString: path) else {
                throw OcellusError(.invalidArgument, "`path` is not UTF-8")
            }
            name = text
        }
        result.pointee = try Handle.make(CameraSession(Camera(path: name, options: options)))
    }
}

@c @implementation
public func ocellus_camera_close(_ camera: OpaquePointer?) {
    guard let camera else { return }
    _ = attempt { () throws(OcellusError) in
        let session = try Handle<CameraSession>.object(camera)
        // In this order: between the two another thread cannot begin to run it.
        let isFree = session.begin()
        guard isFree, !session.isRunning else {
            if isFree { session.end() }
            throw OcellusError(.invalidArgument, "the camera is at work: it was not closed: stop it first")
        }
        session.dropFrame()
        session.camera.close()
        Handle<CameraSession>.destroy(camera)
    }
}

@c @implementation
public func ocellus_camera_next(
    _ camera: OpaquePointer?, _ timeout: Int32, _ frame: UnsafeMutablePointer<ocellus_frame>?
) -> ocellus_status {
    withCamera(camera) { (session) throws(OcellusError) in
        let result = try required(frame, "frame")
        result.pointee = ocellus_frame()
        if let refusal = session.refusal { return refusal }
        let (status, sentence) = try session.next(Int(timeout))
        guard status == .success else { return fail(status, sentence) }
        result.pointee = try session.withFrame { ocellus_frame($0) } ?? ocellus_frame()
        return status
    }
}

extension CameraSession {
    /// Why no frame can be asked for while `ocellus_camera_run` is at work, also while its callback has the camera; nil when it is
    /// not.
    var refusal: ocellus_status? {
        guard isRunning else { return nil }
        guard isRunningHere else { return busy() }
        return fail(
            .invalidArgument,
            "a callback of ocellus_camera_run() has its frame: it cannot ask for another one")
    }

    /// The next frame as a status, with the sentence for any but success.
    func next(_ timeout: Int) throws(OcellusError) -> (status: ocellus_status, sentence: String) {
        let wasLost = isLost
        do throws(OcellusError) {
            if try advance(timeout) { return (.success, "") }
        } catch {
            guard isLost, error.code == .io else { throw error }
            return (.cameraLost, error.message)
        }
        guard case .lost(let reason, _) = camera.state else {
            return (.noFrame, "no frame in the time given, or the wait was stopped: ask again")
        }
        if !wasLost {
            return (
                .cameraLost,
                ErrorMessage.text(
                    "the camera \(camera.path) (\(camera.card)) is lost: \(reason.text): ask again to wait")
            )
        }
        guard let failure = camera.reopeningFailure else {
            return (.noFrame, ErrorMessage.text("the camera \(camera.path) is lost: \(reason.text)"))
        }
        return (
            .noFrame, ErrorMessage.text("the camera \(camera.path) is lost: \(reason.text); now: \(failure)")
        )
    }
}

@c @implementation
public func ocellus_camera_image(
    _ camera: OpaquePointer?, _ image: UnsafeMutablePointer<ocellus_image>?
) -> ocellus_status {
    withCamera(camera) { (session) throws(OcellusError) in
        let result = try required(image, "image")
        result.pointee = ocellus_image()
        let view = try session.withFrame { (frame) throws(OcellusError) in
            try session.decode { () throws(OcellusError) in
                try frame.image()
            }
        }
        guard let view else { return noCurrentFrame() }
        result.pointee = ocellus_image(view)
        return .success
    }
}

@c @implementation
public func ocellus_camera_detect(
    _ camera: OpaquePointer?, _ detector: OpaquePointer?, _ found: UnsafeMutablePointer<ocellus_detection>?,
    _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> ocellus_status {
    // Also when the camera is not to be had; what `count` must be is said below.
    if let count, isAligned(count) { count.pointee = 0 }
    return withCamera(camera) { (session) throws(OcellusError) in
        var hasFrame = true
        let status = fill(detector, found, capacity, count) { (detector) throws(OcellusError) in
            let result = try session.detections(detector)
            hasFrame = result != nil
            return result ?? UnsafeBufferPointer(start: nil, count: 0)
        }
        return hasFrame ? status : noCurrentFrame()
    }
}

private func noCurrentFrame() -> ocellus_status {
    fail(.noFrame, "there is no current frame: call ocellus_camera_next() first")
}

extension CameraSession {
    /// What the detector finds in the current frame; nil when there is none.
    func detections(_ detector: Detector) throws(OcellusError) -> UnsafeBufferPointer<Detection>? {
        try withFrame { (frame) throws(OcellusError) in
            try decode { () throws(OcellusError) in try detector.detect(frame) }
        }
    }

    /// Counts the frames that turn out to be damaged.
    fileprivate func decode<Result>(_ body: () throws(OcellusError) -> Result) throws(OcellusError) -> Result {
        do throws(OcellusError) { return try body() } catch {
            if error.code == .invalidData { undecodable += 1 }
            throw error
        }
    }
}

extension ocellus_image {
    fileprivate init(_ view: ImageView) {
        self.init()
        pixels = UnsafeRawPointer(view.pixels)
        width = UInt32(view.width)
        height = UInt32(view.height)
        stride = Int64(view.stride)
        format = view.format.rawValue
        chroma = view.chroma.map { UnsafeRawPointer($0) }
        chroma_stride = Int64(view.chromaStride)
    }
}
