// What an operator is, and how a convolution moves. Field numbers are those of TensorFlow's published schema.fbs.
import OcellusTensor

extension TFLiteReader {
    /// The operator's kind by its entry in the model's list of codes.
    func kind(of table: FlatTable, _ codes: [FlatTable]) throws(OcellusError) -> TFLiteOperator.Kind {
        let index = Int(try table.integer(0, default: UInt32(0)))
        guard index < codes.count else {
            throw source.failure("expected one of \(codes.count) operator codes, found \(index)")
        }
        // The code outgrew its byte; old files have only the byte, new ones both.
        let short = Int(try codes[index].integer(0, default: UInt8(0)))
        let code = max(short, Int(try codes[index].integer(3, default: Int32(0))))
        switch code {
        case 3: return .convolution(try convolution(table, isDepthwise: false))
        case 4: return .convolution(try convolution(table, isDepthwise: true))
        case 32: return .custom(try codes[index].text(1))
        default: return .builtin(code)
        }
    }

    private func convolution(_ table: FlatTable, isDepthwise: Bool) throws(OcellusError) -> TFLiteConvolution {
        guard try table.integer(3, default: UInt8(0)) == (isDepthwise ? 2 : 1), let options = try table.table(4) else {
            throw source.failure("expected a convolution's options, found others")
        }
        // Depthwise options have the depth multiplier in the middle.
        let shift = isDepthwise ? 1 : 0
        let activation = try options.integer(3 + shift, default: UInt8(0))
        return TFLiteConvolution(
            isDepthwise: isDepthwise, padding: try options.integer(0, default: UInt8(0)) == 0 ? .same : .valid,
            strideHeight: Int(try options.integer(2, default: Int32(0))),
            strideWidth: Int(try options.integer(1, default: Int32(0))),
            dilationHeight: Int(try options.integer(5 + shift, default: Int32(1))),
            dilationWidth: Int(try options.integer(4 + shift, default: Int32(1))),
            depthMultiplier: isDepthwise ? Int(try options.integer(3, default: Int32(0))) : 1,
            activation: activation == 0
                ? .none : activation == 1 ? .relu : activation == 3 ? .relu6 : .other(Int(activation)))
    }
}
