// A frame that outlives its source's buffer: what is handed to the threads that draw, encode and record.
import OcellusImage
import OcellusTensor

/// Pixels of a frame with what was found in it. The memory is used again for frames of the same size.
final class FrameCopy {
    private var memory: Buffer<UInt8>?
    private var width = 0
    private var height = 0
    private var format = PixelFormat.rgb8
    var detections: [TrackedDetection] = []
    var number = 0

    /// Copies rows without what lies between them. Throws `.outOfMemory`.
    func store(_ image: ImageView) throws(OcellusError) {
        let rowBytes = image.format.rowBytes(width: image.width)
        let chromaRows = image.chroma == nil ? 0 : (image.height + 1) / 2
        let count = rowBytes * image.height + image.width * chromaRows
        let target: Buffer<UInt8>
        if let memory, memory.count == count {
            target = memory
        } else {
            memory = nil
            target = try Buffer(count: count)
            memory = target
        }
        FrameCopy.copy(image.pixels, image.stride, target.pointer, rowBytes, rows: image.height)
        if let chroma = image.chroma {
            FrameCopy.copy(
                chroma, image.chromaStride, target.pointer + rowBytes * image.height, image.width, rows: chromaRows)
        }
        (width, height, format) = (image.width, image.height, image.format)
    }

    /// The copy as a view; nil before anything was stored.
    var view: ImageView? {
        guard let memory else { return nil }
        return try? ImageView(pixels: UnsafePointer(memory.pointer), width: width, height: height, format: format)
    }

    private static func copy(
        _ source: UnsafePointer<UInt8>, _ stride: Int, _ target: UnsafeMutablePointer<UInt8>, _ rowBytes: Int, rows: Int
    ) {
        guard stride != rowBytes else { return target.update(from: source, count: rowBytes * rows) }
        for row in 0..<rows { (target + row * rowBytes).update(from: source + row * stride, count: rowBytes) }
    }
}
