// A second look at a face: a small network that sees a square around its five points, turned upright, and says where they
// are in it. A detector's network has seen the whole picture by then and is a few hundredths of the eyes' distance off.
import OcellusDetection
import OcellusImage
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// The network that corrects a detector's landmarks, in integers. 42,058 parameters, 2.4 M multiply-accumulates a face.
///
/// The idea is that of "Deep convolutional network cascade for facial point detection" (Sun, Wang and Tang, CVPR 2013): each
/// level begins where the one before it came to, with less left to find. Here the level before also says how the face is turned.
public struct LandmarkRefiner: Sendable {
    /// Its input is [side, side, 3] levels in the channel order of the detector's input, its output `offsets` [1, 10]: x and y of
    /// each point's distance from its place in `upright`, in `offsetUnit`.
    public let network: QuantizedNetwork

    /// Throws `.invalidArgument` for a network of another shape.
    public init(_ network: QuantizedNetwork) throws(OcellusError) {
        guard network.graph.inputShape == LandmarkRefiner.inputShape,
            let output = network.graph.output(named: LandmarkRefiner.output),
            network.graph.nodes[output].shape.count == 2 * Landmarks.count
        else {
            throw OcellusError(
                .invalidArgument,
                "a network that refines landmarks takes \(LandmarkRefiner.inputShape) and puts out "
                    + "\(2 * Landmarks.count) offsets")
        }
        self.network = network
    }

    /// The most faces of a picture that get a second look, the tallest: what it costs has a bound.
    public static let limit = 16
    /// Pixels of the square it looks at.
    public static let side = 48
    static let inputShape = Shape(height: side, width: side, channels: 3)
    /// The output's name.
    public static let output: Name = "offsets"
    /// Pixels of the square that an offset of 1 stands for.
    public static let offsetUnit = Float(side) / 8
    /// What the network subtracts from levels and multiplies them by.
    public static let normalization = PixelNormalization(
        mean: [128, 128, 128], scale: [1 / 64, 1 / 64, 1 / 64])

    /// Where the points of an upright face lie in the square, in pixels.
    public static let upright = Landmarks(
        leftEye: place(0.32, 0.36), rightEye: place(0.68, 0.36), nose: place(0.5, 0.56), leftMouth: place(0.36, 0.74),
        rightMouth: place(0.64, 0.74))

    private static func place(_ x: Float, _ y: Float) -> Point { Point(x: x * Float(side), y: y * Float(side)) }

    /// The network with batch normalisation: five convolutions of 3x3 down to a stride of 8, one of 1x1, and one over all that
    /// is left.
    public static func declare() throws(OcellusError) -> Graph {
        let builder = GraphBuilder()
        let square = builder.input(inputShape)
        let offsets = builder.scope("refiner") {
            var x = square
            for (index, layer) in layers.enumerated() {
                let name = Name("layer\(index + 1)")
                x = builder.convolutionBlock(
                    x, convolution: name, normalization: name.appending("normalization"), channels: layer.channels,
                    kernel: layer.kernel, stride: layer.stride, activation: .relu)
            }
            return builder.convolution(
                x, output, channels: 2 * Landmarks.count, kernel: builder.shape(of: x).height, padding: Padding(0))
        }
        return try builder.finish([(output, offsets)])
    }

    private static let layers: [(channels: Int, kernel: Int, stride: Int)] = [
        (16, 3, 2), (24, 3, 2), (24, 3, 1), (40, 3, 2), (40, 3, 1), (24, 1, 1),
    ]

    /// How a face's points are brought into the square; nil where they are none.
    public static func toSquare(_ points: Landmarks) -> Similarity? { Similarity(from: points, to: upright) }

    /// The points that offsets stand for, in pixels of the square.
    public static func points(_ offsets: UnsafePointer<Float>) -> Landmarks {
        var result = upright
        for index in 0..<Landmarks.count {
            result[index].x += offsets[2 * index] * offsetUnit
            result[index].y += offsets[2 * index + 1] * offsetUnit
        }
        return result
    }

    /// The offsets of points in pixels of the square, x and y of each: what the network learns.
    public static func offsets(_ points: Landmarks) -> [Float] {
        (0..<Landmarks.count).flatMap { index in
            [
                (points[index].x - upright[index].x) / offsetUnit, (points[index].y - upright[index].y) / offsetUnit,
            ]
        }
    }
}
