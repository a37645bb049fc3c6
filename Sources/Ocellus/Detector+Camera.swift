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
        let input = description.preprocessing
        let image = try frame.image(minimumSide: max(input.inputWidth, input.inputHeight))
        return try detect(image, inPixelsOf: frame.width, frame.height)
    }
}
