// YuNet-n (Wu et al. 2023, doi 10.1007/s11633-023-1423-y), trained on WIDER FACE and published with its numbers as an ONNX
// file: small, without anchors, good at the small faces of crowds. Here it only teaches.
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// The numbers of a YuNet-n. It takes levels (0...255) in the order BGR, of any size that 32 divides.
public struct YuNet: Sendable {
    /// A cell of a level has one face at most.
    static let strides = [8, 16, 32]
    let parameters: Parameters

    /// - Parameter convolutions: weights and biases in the order of the file's operators, as
    ///   `ImportedFile.convolutions` gives them.
    ///
    /// Throws `.invalidArgument` when they are not those of YuNet-n.
    public init(convolutions: [Parameter]) throws(OcellusError) {
        let declared = try YuNet.declare(height: 32, width: 32).parameters
        guard declared.count == convolutions.count else {
            throw OcellusError(
                .invalidArgument,
                "expected the \(declared.count) arrays of YuNet-n's convolutions, found \(convolutions.count)")
        }
        var parameters = Parameters()
        for (declaration, found) in zip(declared, convolutions) {
            guard declaration.dimensions == found.dimensions else {
                throw OcellusError(
                    .invalidArgument,
                    "expected YuNet-n, whose \(declaration.name) has the sizes \(Parameter.text(declaration.dimensions)), found "
                        + Parameter.text(found.dimensions))
            }
            parameters[declaration.name] = found
        }
        self.parameters = parameters
    }

    /// Rows of all cells, level after level: logits `classes` and `objects` [cells, 1], `boxes` [cells, 4] and
    /// `landmarks` [cells, 10] in strides from the cell's corner. Parameters are declared in the order of the file.
    static func declare(height: Int, width: Int) throws(OcellusError) -> Graph {
        let builder = GraphBuilder()
        let taps = backbone(builder, builder.input(Shape(height: height, width: width, channels: 3)))
        let levels = pyramid(builder, taps).enumerated().map { index, level in
            builder.activation(unit(builder, level, "shared\(index)", 64), Name("shared\(index).relu"), .relu)
        }
        let heads = [("classes", 1), ("boxes", 4), ("objects", 1), ("landmarks", 2 * Landmarks.count)].map {
            name, columns in
            let rows = levels.enumerated().map { index, level in
                builder.rows(
                    unit(builder, level, "\(name)\(index)", columns), Name("\(name)\(index).rows"), columns: columns)
            }
            return (Name(name), builder.concatenation(rows, Name(name), .rows))
        }
        return try builder.finish(heads)
    }

    /// The name of what the backbone puts out at one of `strides`, or of what the heads read there.
    static func feature(_ level: Int, _ part: NetworkPart) -> Name {
        part == .backbone ? Name("stage\(level + 3).1.relu") : Name("shared\(level).relu")
    }

    /// Values at strides 8, 16 and 32.
    private static func backbone(_ builder: GraphBuilder, _ image: GraphBuilder.Value) -> [GraphBuilder.Value] {
        var x = builder.convolution(image, "stem", channels: 16, kernel: 3, stride: 2)
        x = builder.activation(x, "stem.relu", .relu)
        var taps: [GraphBuilder.Value] = []
        for (stage, channels) in [[16], [16, 64], [64, 64], [64, 64], [64, 64], [64, 64]].enumerated() {
            if stage == 1 || stage > 2 {
                x = builder.pooling(x, Name("pool\(stage)"), .maximum, kernel: 2, stride: 2)
            }
            for (index, count) in channels.enumerated() {
                let name = "stage\(stage).\(index)"
                x = builder.activation(unit(builder, x, name, count), Name("\(name).relu"), .relu)
            }
            if stage > 2 { taps.append(x) }
        }
        return taps
    }

    /// From coarse to fine: each level, twice as large, is added to the next finer one.
    private static func pyramid(_ builder: GraphBuilder, _ taps: [GraphBuilder.Value]) -> [GraphBuilder.Value] {
        var levels = taps
        for index in taps.indices.reversed() {
            if index + 1 < taps.count {
                let enlarged = builder.upsampling(levels[index + 1], Name("enlarged\(index)"), to: taps[index])
                levels[index] = builder.add(taps[index], enlarged, Name("sum\(index)"))
            }
            let name = "lateral\(index)"
            levels[index] = builder.activation(
                unit(builder, levels[index], name, 64), Name("\(name).relu"), .relu)
        }
        return levels
    }

    /// A 1x1 convolution and a depthwise one of 3x3.
    private static func unit(
        _ builder: GraphBuilder, _ x: GraphBuilder.Value, _ name: String, _ channels: Int
    ) -> GraphBuilder.Value {
        let mixed = builder.convolution(x, Name("\(name).pointwise"), channels: channels, kernel: 1)
        return builder.convolution(
            mixed, Name("\(name).depthwise"), channels: channels, kernel: 3, groups: channels)
    }
}
