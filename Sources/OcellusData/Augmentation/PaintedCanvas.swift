// The pixels of a canvas at one size. What is painted is given in whole pixels of the plain size, so that the same strokes
// make the same picture in finer detail.
import CDataKernels
import OcellusDetection
import OcellusDrawing
import OcellusFiles
import OcellusImage
import OcellusTensor

/// A canvas drawn `scale` times as large as it is.
struct PaintedCanvas {
    let image: RGBImage
    /// Own pixels in a pixel of the plain size, at least 1.
    let scale: Float

    /// `width` and `height` of the plain size. Throws what a picture of that size throws.
    init(width: Int, height: Int, scale: Float = 1) throws(OcellusError) {
        image = try RGBImage(
            width: SampleSource.side(width, detail: scale), height: SampleSource.side(height, detail: scale))
        self.scale = scale
    }

    func fill(_ part: CanvasPart, _ colour: SIMD3<UInt8>) {
        ocd_fill(
            image.pixels.pointer, Int32(image.width), part.scaled(by: scale).kernelPart, colour.x, colour.y, colour.z)
    }

    /// Draws a picture into `part`; `fullSize` is its size before reduction, in whose pixels `map` takes it to the plain size.
    func draw(
        _ picture: RGBImage, fullSize: PixelSize, map: AffineMap, into part: CanvasPart, sampling: ocd_sampling,
        colour: ColourChange
    ) {
        let part = part.scaled(by: scale)
        guard part.width > 0, part.height > 0,
            let inverse = map.enlarged(by: scale).inverse(
                scaleX: Float(picture.width) / Float(fullSize.width),
                scaleY: Float(picture.height) / Float(fullSize.height))
        else { return }
        colour.withKernelColour { kernelColour in
            ocd_warp(
                image.pixels.pointer, Int32(image.width), part.kernelPart, picture.pixels.pointer,
                Int32(picture.width), Int32(picture.height), inverse, sampling, kernelColour)
        }
    }

    /// A part as something to write on: what is drawn ends at its edge.
    func canvas(_ part: CanvasPart) throws(OcellusError) -> Canvas {
        let part = part.scaled(by: scale)
        return try Canvas(
            pixels: image.pixels.pointer + (part.top * image.width + part.left) * 3, width: part.width,
            height: part.height, stride: image.width * 3)
    }
}
