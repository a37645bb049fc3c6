// Operations that change the size of the picture.
import OcellusTensor

/// Maximum or average over a window.
///
/// Output size floors, or ceils with `ceiling` (Caffe's rule, which VGG-SSD needs: 75 becomes 38). With ceil a window
/// that would start in the padding behind the picture is left out. Averages count only positions inside the picture.
public struct Pooling: Sendable {
    public enum Kind: Sendable { case maximum, average }

    public var kind: Kind
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    public var ceiling: Bool

    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        let input = try only(inputs)
        guard kernel > 0, stride > 0, padding >= 0, padding < kernel else {
            throw OcellusError(
                .invalidArgument, "pooling needs a positive kernel and stride, and padding below its kernel")
        }
        func size(_ length: Int) -> Int {
            let free = length + 2 * padding - kernel
            guard free >= 0 else { return ceiling && length > 0 ? 1 : 0 }
            let steps = (ceiling ? free + stride - 1 : free) / stride
            return steps * stride < length + padding ? steps + 1 : steps
        }
        let (height, width) = (size(input.height), size(input.width))
        guard height > 0, width > 0 else {
            throw OcellusError(.invalidArgument, "a pooling window of \(kernel) does not fit into \(input)")
        }
        return Shape(batch: input.batch, height: height, width: width, channels: input.channels)
    }
}

/// Nearest-neighbour enlargement to a size, not by a factor: 300 px pyramids have 10, 19 and 38.
///
/// Source index: floor(index * source / size).
public struct Upsampling: Sendable {
    public var height: Int
    public var width: Int

    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        let input = try only(inputs)
        guard height > 0, width > 0 else {
            throw OcellusError(.invalidArgument, "cannot enlarge \(input) to \(height)x\(width)")
        }
        return Shape(batch: input.batch, height: height, width: width, channels: input.channels)
    }
}
