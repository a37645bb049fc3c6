// Frames that another program writes: cameras that V4L2 does not serve, decoders, recordings.
import Foundation
import OcellusFiles
import OcellusImage
import OcellusTensor

/// Frames from a descriptor, raw or MJPEG.
public final class StreamSource: FrameSource {
    public let summary: String
    private let reader: StreamReader
    private let name: String
    private let format: StreamFormat
    private let width: Int
    private let height: Int
    /// Interleaved colours of I420, and its rows of brightness.
    private let interleaved: Buffer<UInt8>?
    private var undecodable = 0
    private var decoded = 0
    private var picture: RGBImage?

    /// Reads from `descriptor`, which stays the caller's. `size` is that of raw frames.
    ///
    /// With `keepsEveryFrame` the writer waits for the detector; without, only the newest frame is kept.
    /// Throws `.invalidArgument` for a raw format without a possible size, `.outOfMemory`, `.io`.
    public init(
        descriptor: Int32, name: String, format: StreamFormat, size: (width: Int, height: Int)?, keepsEveryFrame: Bool
    ) throws(OcellusError) {
        var frameBytes: Int?
        if let pixels = format.pixels {
            guard let size else {
                throw OcellusError(
                    .invalidArgument,
                    "\(format.rawValue) frames on \(name) need a size: give it as '--size 640x480'")
            }
            // Refuses what no picture can be; the byte is never read.
            let byte = try Buffer<UInt8>(count: 1)
            let probe = try ImageView(
                pixels: UnsafePointer(byte.pointer), width: size.width, height: size.height, format: pixels)
            frameBytes = format.frameBytes(width: probe.width, height: probe.height)
            interleaved = format == .i420 ? try Buffer(count: probe.byteCount) : nil
        } else {
            interleaved = nil
        }
        (width, height) = size ?? (0, 0)
        self.name = name
        self.format = format
        reader = try StreamReader(
            descriptor: descriptor, name: name, frameBytes: frameBytes, keepsEveryFrame: keepsEveryFrame)
        summary = name + "  " + (frameBytes == nil ? "" : "\(width)x\(height) ") + format.rawValue.uppercased()
    }

    public var damaged: Int { undecodable + reader.droppedCount }

    public func close() { reader.stop() }

    public func next(milliseconds: Int) throws(OcellusError) -> FrameEvent {
        let (slot, skipped, end) = reader.next(milliseconds: milliseconds)
        guard let slot else {
            switch end {
            case .open: return .nothing
            case .ended:
                if decoded == 0, undecodable > 0 {
                    throw OcellusError(.invalidData, "\(name): none of its \(undecodable) pictures could be decoded")
                }
                return .ended
            case .failed(let error): throw error
            }
        }
        guard let image = try view(of: slot) else { return .nothing }
        return .frame(
            LiveFrame(
                image: image, number: slot.number, timestamp: LiveClock.wallTime(slot.availableAt),
                availableAt: slot.availableAt, skipped: skipped))
    }

    private func view(of slot: StreamSlot) throws(OcellusError) -> ImageView? {
        guard let pixels = format.pixels else { return decode(slot) }
        let bytes = UnsafePointer(slot.memory.pointer)
        guard let interleaved else {
            return try ImageView(pixels: bytes, width: width, height: height, format: pixels)
        }
        let area = width * height
        let colours = (width / 2) * ((height + 1) / 2)
        interleaved.pointer.update(from: bytes, count: area)
        let target = interleaved.pointer + area
        for index in 0..<colours {
            target[2 &* index] = bytes[area &+ index]
            target[2 &* index &+ 1] = bytes[area &+ colours &+ index]
        }
        return try ImageView(pixels: UnsafePointer(interleaved.pointer), width: width, height: height, format: pixels)
    }

    private func decode(_ slot: StreamSlot) -> ImageView? {
        do throws(OcellusError) {
            let image = try PictureFile.decode(bytes: slot.bytes, name: "\(name), frame \(slot.number)")
            picture = image
            decoded += 1
            return image.view
        } catch {
            undecodable += 1
            return nil
        }
    }
}
