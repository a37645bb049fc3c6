// The number types a stored tensor can have. Not what the engine computes with: that is Float, or int8 when quantised.
import OcellusTensor

/// A number type of the safetensors format, little-endian in the file.
public enum ElementType: Sendable, Equatable {
    case float32, float16, bfloat16, float64
    case int8, uint8, int16, int32, int64
    /// One byte; anything but 0 is true.
    case bool

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    public var isFloatingPoint: Bool {
        switch self {
        case .float32, .float16, .bfloat16, .float64: true
        case .int8, .uint8, .int16, .int32, .int64, .bool: false
        }
    }

    /// What a safetensors header calls it: `F32`, `BF16`, `I8`, ...
    public var code: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float64: "F64"
        case .int8: "I8"
        case .uint8: "U8"
        case .int16: "I16"
        case .int32: "I32"
        case .int64: "I64"
        case .bool: "BOOL"
        }
    }

    private static let all: [ElementType] = [
        .float32, .float16, .bfloat16, .float64, .int8, .uint8, .int16, .int32, .int64, .bool,
    ]

    /// The type with this code, or nil when the library has no use for it.
    public init?(code: [UInt8]) {
        guard let match = ElementType.all.first(where: { Array($0.code.utf8) == code }) else { return nil }
        self = match
    }

    /// Bytes of a tensor of these sizes, or nil when one is negative or the product does not fit.
    public func byteCount(of dimensions: [Int]) -> Int? {
        // An empty tensor's other sizes have to be sane as well: whoever multiplies them must not overflow.
        guard let count = Parameter.count(of: dimensions), Parameter.count(of: dimensions.map { max($0, 1) }) != nil
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        return overflow ? nil : bytes
    }
}
