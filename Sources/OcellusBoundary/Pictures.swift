// Pictures that C programs hand in.
import COcellus
import OcellusImage
import OcellusTensor

/// The picture of a C program as the library sees it.
public func view(_ image: ocellus_image) throws(OcellusError) -> ImageView {
    guard let pixels = image.pixels else { throw OcellusError(.invalidArgument, "`image.pixels` is NULL") }
    guard let format = PixelFormat(rawValue: image.format) else {
        throw OcellusError(
            .invalidArgument, "`image.format` is \(image.format): expected one of OCELLUS_RGB8 (1) to OCELLUS_NV12 (7)")
    }
    guard format == .nv12 || (image.chroma == nil && image.chroma_stride == 0) else {
        throw OcellusError(
            .invalidArgument, "`image.chroma` belongs to OCELLUS_NV12 alone: expected NULL and 0 with \(format.name)")
    }
    guard let stride = Int(exactly: image.stride), let chromaStride = Int(exactly: image.chroma_stride) else {
        throw OcellusError(.invalidArgument, "`image.stride` is \(image.stride): no memory is that large")
    }
    return try ImageView(
        pixels: pixels.assumingMemoryBound(to: UInt8.self), width: Int(clamping: image.width),
        height: Int(clamping: image.height), stride: stride, format: format,
        chroma: image.chroma?.assumingMemoryBound(to: UInt8.self), chromaStride: chromaStride)
}
