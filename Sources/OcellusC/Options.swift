// Options of C programs: sizes of older and newer programs, ranges, defaults.
import COcellus
import Ocellus
import OcellusBoundary
import OcellusCamera
import OcellusTensor

private let largestSize = 4096

@c @implementation
public func ocellus_detector_options_init(
    _ options: UnsafeMutablePointer<ocellus_detector_options>?, _ size: Int
) -> ocellus_status {
    attempt { () throws(OcellusError) in
        try clear(required(options, "options"), size, MemoryLayout<ocellus_detector_options>.size)
    }
}

@c @implementation
public func ocellus_camera_options_init(
    _ options: UnsafeMutablePointer<ocellus_camera_options>?, _ size: Int
) -> ocellus_status {
    attempt { () throws(OcellusError) in
        try clear(required(options, "options"), size, MemoryLayout<ocellus_camera_options>.size)
    }
}

/// Zeros, and the size in its place.
private func clear(_ memory: UnsafeMutableRawPointer, _ size: Int, _ knownSize: Int) throws(OcellusError) {
    try checkSize(size, "size", knownSize)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    memory.storeBytes(of: UInt32(size), as: UInt32.self)
}

/// The facade's options for those of a C program; NULL gives the defaults.
func detectorOptions(
    _ pointer: UnsafePointer<ocellus_detector_options>?
) throws(OcellusError) -> Detector.Options {
    var options = Detector.Options()
    guard pointer != nil else { return options }
    let given = try knownFields(of: UnsafeRawPointer(required(pointer, "options")), ocellus_detector_options())
    if given.threads != 0 {
        options.threads = try inRange(given.threads, 1...64, "threads")
    }
    if given.maximum_detections != 0 {
        options.maximumDetections = try inRange(given.maximum_detections, 1...10000, "maximum_detections")
    }
    options.scoreThreshold = try threshold(given.score_threshold, "score_threshold")
    options.overlapThreshold = try threshold(given.overlap_threshold, "overlap_threshold")
    return options
}

/// The facade's options for those of a C program; NULL gives the defaults.
func cameraOptions(_ pointer: UnsafePointer<ocellus_camera_options>?) throws(OcellusError) -> CameraOptions {
    var options = CameraOptions()
    guard pointer != nil else { return options }
    let given = try knownFields(of: UnsafeRawPointer(required(pointer, "options")), ocellus_camera_options())
    guard (given.width == 0) == (given.height == 0), given.width <= 32768, given.height <= 32768 else {
        throw OcellusError(
            .invalidArgument,
            "`options.width` and `options.height` are \(given.width) and \(given.height): "
                + "expected 1 to 32768 each, or 0 for both")
    }
    options.width = Int(given.width)
    options.height = Int(given.height)
    guard given.frames_per_second >= 0, given.frames_per_second <= 1000 else {
        throw OcellusError(
            .invalidArgument,
            "`options.frames_per_second` is \(given.frames_per_second): expected above 0 and at most 1000, or 0")
    }
    options.framesPerSecond = Double(given.frames_per_second)
    options.format = try formatCode(given.format)
    if given.buffers != 0 { options.buffers = try inRange(given.buffers, 2...32, "buffers") }
    if given.silence_ms != 0 {
        options.silenceMilliseconds = try inRange(given.silence_ms, 100...3_600_000, "silence_ms")
    }
    switch try inRange(given.on_lost, 0...1, "on_lost") {
    case 0: options.lossPolicy = .wait
    default: options.lossPolicy = .exit
    }
    return options
}

/// The code in a field of eight characters; nil when it is empty.
private func formatCode<Field>(_ field: Field) throws(OcellusError) -> FourCC? {
    let letters = withUnsafeBytes(of: field) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if letters.utf8.isEmpty { return nil }
    guard let code = FourCC(letters) else {
        throw OcellusError(
            .invalidArgument, "`options.format` is no V4L2 format: expected a code such as \"YUYV\" or \"MJPG\"")
    }
    return code
}

/// The fields this library knows, as they are in `zero` where the program's struct ends before.
private func knownFields<Options>(of memory: UnsafeRawPointer, _ zero: Options) throws(OcellusError) -> Options {
    let knownSize = MemoryLayout<Options>.size
    let size = Int(memory.load(as: UInt32.self))
    try checkSize(size, "options.size", knownSize)
    for offset in min(size, knownSize)..<size where memory.load(fromByteOffset: offset, as: UInt8.self) != 0 {
        throw OcellusError(
            .invalidArgument,
            "byte \(offset) of `options` is not 0: this program asks for an option that this library does not know; "
                + "install the libocellus it was written for, or leave the option 0")
    }
    var options = zero
    let known = UnsafeRawBufferPointer(start: memory, count: min(size, knownSize))
    withUnsafeMutableBytes(of: &options) { $0.copyMemory(from: known) }
    return options
}

/// Fields have four bytes or a multiple of that, so a size that is no multiple of four ends inside one.
func checkSize(_ size: Int, _ name: StaticString, _ knownSize: Int) throws(OcellusError) {
    guard size >= 4, size <= largestSize, size % 4 == 0 else {
        throw OcellusError(
            .invalidArgument, "`\(name)` is \(size): expected the size of the struct, \(knownSize) here")
    }
}

private func inRange(
    _ value: Int32, _ range: ClosedRange<Int32>, _ name: StaticString
) throws(OcellusError) -> Int {
    guard range.contains(value) else {
        throw OcellusError(
            .invalidArgument,
            "`options.\(name)` is \(value): expected \(range.lowerBound) to \(range.upperBound), or 0 for the default")
    }
    return Int(value)
}

private func threshold(_ value: Float, _ name: StaticString) throws(OcellusError) -> Float? {
    if value == 0 { return nil }
    guard value > 0, value <= 1 else {
        throw OcellusError(
            .invalidArgument,
            "`options.\(name)` is \(value): expected above 0 and at most 1, or 0 for the model's own")
    }
    return value
}
