// Detectors from C: created, asked about themselves, destroyed.
import COcellus
import Ocellus
import OcellusBoundary
import OcellusImage
import OcellusModels
import OcellusTensor

@c @implementation
public func ocellus_detector_create(
    _ modelPath: UnsafePointer<CChar>?, _ options: UnsafePointer<ocellus_detector_options>?,
    _ detector: UnsafeMutablePointer<OpaquePointer?>?
) -> ocellus_status {
    guard modelPath != nil || EmbeddedModel.hasFace else {
        if let detector, isAligned(detector) { detector.pointee = nil }
        return fail(
            .noModel,
            "`model_path` is NULL, and this libocellus was built without a model: pass the path of a model file")
    }
    return create(options, detector) { (options) throws(OcellusError) in
        guard let modelPath else { return try Detector(options: options) }
        guard let path = String(validatingCString: modelPath) else {
            throw OcellusError(.invalidArgument, "`model_path` is not UTF-8")
        }
        return try Detector(path: path, options: options)
    }
}

@c @implementation
public func ocellus_detector_create_from_memory(
    _ model: UnsafeRawPointer?, _ modelSize: Int, _ options: UnsafePointer<ocellus_detector_options>?,
    _ detector: UnsafeMutablePointer<OpaquePointer?>?
) -> ocellus_status {
    create(options, detector) { (options) throws(OcellusError) in
        guard let model else { throw OcellusError(.invalidArgument, "`model` is NULL") }
        guard modelSize > 0 else {
            throw OcellusError(.invalidArgument, "`model_size` is 0 or no memory is that large")
        }
        let bytes = model.assumingMemoryBound(to: UInt8.self)
        return try Detector(model: UnsafeBufferPointer(start: bytes, count: modelSize), options: options)
    }
}

/// What both ways of creation share: `*detector` is NULL unless all went well, and options are read first.
private func create(
    _ options: UnsafePointer<ocellus_detector_options>?, _ detector: UnsafeMutablePointer<OpaquePointer?>?,
    _ make: (Detector.Options) throws(OcellusError) -> Detector
) -> ocellus_status {
    attempt { () throws(OcellusError) in
        let result = try required(detector, "detector")
        result.pointee = nil
        result.pointee = try Handle.make(Session(make(detectorOptions(options))))
    }
}

@c @implementation
public func ocellus_detector_destroy(_ detector: OpaquePointer?) {
    guard let detector else { return }
    _ = attempt { () throws(OcellusError) in
        guard try Handle<Session>.object(detector).begin() else {
            throw OcellusError(.invalidArgument, "the detector is at work in another thread: it was not destroyed")
        }
        Handle<Session>.destroy(detector)
    }
}

@c @implementation
public func ocellus_detector_label(_ detector: OpaquePointer?, _ label: Int32) -> UnsafePointer<CChar>? {
    session(detector)?.label(label) ?? permanent("")
}

@c @implementation
public func ocellus_detector_label_count(_ detector: OpaquePointer?) -> Int32 {
    Int32(clamping: session(detector)?.labelCount ?? 0)
}

@c @implementation
public func ocellus_detector_kernels(_ detector: OpaquePointer?) -> UnsafePointer<CChar>? {
    session(detector).map { UnsafePointer($0.kernels) } ?? permanent("")
}

@c @implementation
public func ocellus_detector_input_size(
    _ detector: OpaquePointer?, _ width: UnsafeMutablePointer<UInt32>?, _ height: UnsafeMutablePointer<UInt32>?
) -> ocellus_status {
    attempt { () throws(OcellusError) in
        let input = try Handle<Session>.object(detector).detector.description.preprocessing
        // Both are checked before either is written.
        if width != nil { _ = try required(width, "width") }
        if height != nil { _ = try required(height, "height") }
        width?.pointee = UInt32(clamping: input.inputWidth)
        height?.pointee = UInt32(clamping: input.inputHeight)
    }
}

/// For functions without a status: nil instead of an error, and the last error is left alone.
private func session(_ detector: OpaquePointer?) -> Session? {
    do throws(OcellusError) { return try Handle<Session>.object(detector) } catch { return nil }
}
