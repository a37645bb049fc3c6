// What a caller may ask of a camera. What the device makes of it stands in `Camera.format` and `framesPerSecond`.

import OcellusTensor

/// Wishes: the device answers with the nearest it has.
public struct CameraOptions: Sendable {
    /// What to do when a camera that was streaming is lost.
    public enum LossPolicy: Sendable {
        /// Look for it again and again until it is back.
        case wait
        /// Throw.
        case exit
    }

    /// In pixels; both 0: near 640x480.
    public var width = 0
    public var height = 0
    /// Frames a second; 0: what the device does by itself.
    public var framesPerSecond = 0.0
    /// Nil: the one that costs least to read among those that have the size.
    public var format: FourCC?
    /// Buffers asked of the driver, 2...32. One more than frames are held at a time is the least.
    public var buffers = 4
    /// A camera that sends nothing for so long, and for so long as four frames take, is lost. At least 100.
    public var silenceMilliseconds = 3000
    public var lossPolicy = LossPolicy.wait

    public init() {}

    func check() throws(OcellusError) {
        guard (width == 0) == (height == 0), 0...32768 ~= width, 0...32768 ~= height else {
            throw OcellusError(
                .invalidArgument, "a camera size of \(width)x\(height): expected 1 to 32768 each, or 0 for both")
        }
        guard framesPerSecond >= 0, framesPerSecond <= 1000 else {
            throw OcellusError(.invalidArgument, "\(framesPerSecond) frames a second: expected 0 to 1000")
        }
        guard 2...32 ~= buffers else {
            throw OcellusError(.invalidArgument, "\(buffers) buffers: expected 2 to 32")
        }
        guard 100...3_600_000 ~= silenceMilliseconds else {
            throw OcellusError(
                .invalidArgument, "a silence of \(silenceMilliseconds) ms: expected 100 to 3600000")
        }
    }
}
