// `ocellus_detector_options`: sizes of older and newer programs, ranges, defaults.
import COcellus
import Ocellus
import OcellusTensor

private let knownSize = MemoryLayout<ocellus_detector_options>.size
private let largestSize = 4096

@c @implementation
public func ocellus_detector_options_init(
    _ options: UnsafeMutablePointer<ocellus_detector_options>?, _ size: Int
) -> ocellus_status {
    attempt { () throws(OcellusError) in
        let memory = UnsafeMutableRawPointer(try required(options, "options"))
        try checkSize(size, "size")
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        memory.storeBytes(of: UInt32(size), as: UInt32.self)
    }
}

/// The facade's options for those of a C program; NULL gives the defaults.
func detectorOptions(
    _ pointer: UnsafePointer<ocellus_detector_options>?
) throws(OcellusError) -> Detector.Options {
    var options = Detector.Options()
    guard pointer != nil else { return options }
    let given = try knownFields(of: UnsafeRawPointer(required(pointer, "options")))
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

/// The fields this library knows, zero where the program's struct ends before.
private func knownFields(of memory: UnsafeRawPointer) throws(OcellusError) -> ocellus_detector_options {
    let size = Int(memory.load(as: UInt32.self))
    try checkSize(size, "options.size")
    for offset in min(size, knownSize)..<size where memory.load(fromByteOffset: offset, as: UInt8.self) != 0 {
        throw OcellusError(
            .invalidArgument,
            "byte \(offset) of `options` is not 0: this program asks for an option that this library does not know; "
                + "install the libocellus it was written for, or leave the option 0")
    }
    var options = ocellus_detector_options()
    let known = UnsafeRawBufferPointer(start: memory, count: min(size, knownSize))
    withUnsafeMutableBytes(of: &options) { $0.copyMemory(from: known) }
    return options
}

/// Fields have four bytes each, so a size that is no multiple of four ends inside one.
private func checkSize(_ size: Int, _ name: StaticString) throws(OcellusError) {
    guard size >= 4, size <= largestSize, size % 4 == 0 else {
        throw OcellusError(
            .invalidArgument, "`\(name)` is \(size): expected sizeof(ocellus_detector_options), \(knownSize) here")
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
