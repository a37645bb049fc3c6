// Frames that another program writes: cameras that V4L2 does not serve, decoders, recordings.
import OcellusCamera
import OcellusImage
import OcellusTensor

/// Frames from a descriptor, raw or MJPEG, in the formats that cameras have.
public final class StreamSource: FrameSource {
    public let summary: String
    public var minimumSide = 0
    private let reader: StreamReader
    private let converter: FrameConverter
    private let name: String
    private var undecodable = 0
    private var converted = 0

    /// Reads frames of `format` from `descriptor`, which stays the caller's; `name` stands in messages. The size of
    /// MJPEG may be 0: each picture says its own.
    ///
    /// With `keepsEveryFrame` the writer waits for the detector; without, only the newest frame is kept.
    /// Throws `.invalidArgument` for a raw format without a possible size, `.unsupported` for a format whose frames do
    /// not say where they end, `.outOfMemory`, `.io`.
    public init(
        descriptor: Int32, name: String, format: FrameFormat, keepsEveryFrame: Bool
    ) throws(OcellusError) {
        let isJPEG = format.code == .mjpeg || format.code == .jpeg
        guard isJPEG || (format.width > 0 && format.height > 0) else {
            throw OcellusError(
                .invalidArgument, "\(format.code) frames on \(name) need a size: give it as '--size 640x480'")
        }
        converter = try FrameConverter(format)
        guard isJPEG || converter.frameBytes != nil else {
            throw OcellusError(
                .unsupported,
                "\(format.code) frames on \(name): where one ends cannot be told: expected yuyv, nv12, i420, rgb, bgr, "
                    + "grey or mjpeg")
        }
        self.name = name
        reader = try StreamReader(
            descriptor: descriptor, name: name, frameBytes: converter.frameBytes, keepsEveryFrame: keepsEveryFrame)
        summary = name + "  " + (format.width > 0 ? "\(format.width)x\(format.height) " : "") + "\(format.code)"
    }

    public var damaged: Int { undecodable + reader.droppedCount }

    public func close() { reader.stop() }

    public func next(milliseconds: Int) throws(OcellusError) -> FrameEvent {
        let (slot, skipped, end) = reader.next(milliseconds: milliseconds)
        guard let slot else {
            switch end {
            case .open: return .nothing
            case .failed(let error): throw error
            case .ended:
                if converted == 0, undecodable > 0 {
                    throw OcellusError(.invalidData, "\(name): none of its \(undecodable) pictures could be decoded")
                }
                return .ended
            }
        }
        let bytes = UnsafeRawBufferPointer(slot.bytes)
        do throws(OcellusError) {
            let image = try converter.image(bytes, minimumSide: minimumSide)
            converted += 1
            let size = converter.format.width == 0 ? slot.pictureSize : nil
            return .frame(
                LiveFrame(
                    image: image, width: size?.width ?? converter.format.width,
                    height: size?.height ?? converter.format.height, number: slot.number,
                    timestamp: LiveClock.wallTime(slot.availableAt), availableAt: slot.availableAt, skipped: skipped))
        } catch {
            guard error.code == .invalidData else { throw error }
            undecodable += 1
            return .nothing
        }
    }
}
