// Detections on a camera's frame, in pixels of the frame whatever size it was decoded at.
import OcellusCamera
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor

extension Detector {
    /// Detections in pixels of `frame`, best score first. Valid until the next call.
    ///
    /// Compressed frames are decoded no larger than the model's input needs. Throws what `Frame.image` throws.
    public func detect(_ frame: borrowing Frame) throws(OcellusError) -> UnsafeBufferPointer<Detection> {
        let image = try frame.image(minimumSide: description.preprocessing.usefulSide)
        return try detect(image, inPixelsOf: frame.width, frame.height)
    }
}

extension Preprocessing {
    /// The longer side below which a picture loses detail that the network could see; 0 when every pixel may count: a stretched
    /// picture may need all of its shorter side.
    public var usefulSide: Int {
        if case .letterbox = fit { return max(inputWidth, inputHeight) }
        return 0
    }
}
