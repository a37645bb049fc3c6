// A TensorFlow Lite file to a TFLiteGraph. Field numbers are those of TensorFlow's published schema.fbs, version 3.
import OcellusNetwork
import OcellusTensor

struct TFLiteReader {
    static let tableLimit = 65536

    let source: ByteSource
    private let model: FlatTable
    private let buffers: [FlatTable]
    private var budget: ImportBudget

    static func read(_ source: ByteSource) throws(OcellusError) -> TFLiteGraph {
        var reader = try TFLiteReader(source)
        return try reader.graph()
    }

    private init(_ source: ByteSource) throws(OcellusError) {
        self.source = source
        budget = ImportBudget(source)
        model = try FlatTable(root: source)
        let version = try model.integer(0, default: UInt32(0))
        guard version == 3 else {
            throw source.unsupported("expected a TensorFlow Lite file of version 3, found \(version)")
        }
        buffers = try model.tables(4, limit: TFLiteReader.tableLimit)
    }

    private mutating func graph() throws(OcellusError) -> TFLiteGraph {
        guard let main = try model.tables(2, limit: 256).first else {
            throw source.failure("expected a subgraph, found none")
        }
        let codes = try model.tables(1, limit: 4096)
        var tensors: [TFLiteTensor] = []
        for (index, table) in try main.tables(0, limit: TFLiteReader.tableLimit).enumerated() {
            tensors.append(try tensor(table, index))
        }
        var operators: [TFLiteOperator] = []
        for table in try main.tables(3, limit: TFLiteReader.tableLimit) {
            let kind = try kind(of: table, codes)
            operators.append(
                TFLiteOperator(
                    kind: kind, inputs: try indices(table, 1, tensors.count),
                    outputs: try indices(table, 2, tensors.count)))
        }
        return TFLiteGraph(
            tensors: tensors, operators: operators, inputs: try indices(main, 1, tensors.count),
            outputs: try indices(main, 2, tensors.count))
    }

    private mutating func indices(_ table: FlatTable, _ field: Int, _ count: Int) throws(OcellusError) -> [Int] {
        let numbers = try table.numbers(field, Int32.self, limit: 4096)
        try budget.spend(numbers.count, "an operator's tensors")
        for number in numbers where number < -1 || Int(number) >= count {
            throw source.failure("expected the number of one of \(count) tensors, found \(number)")
        }
        return numbers.map(Int.init)
    }

    private mutating func tensor(_ table: FlatTable, _ index: Int) throws(OcellusError) -> TFLiteTensor {
        let given = try table.text(3)
        let name = given.isEmpty ? "tensor_\(index)" : given
        let dimensions = try table.numbers(0, Int32.self, limit: 8).map(Int.init)
        let elementType = TFLiteReader.elementType(try table.integer(1, default: UInt8(0)))
        let quantization = try quantization(table, name)
        var values: Buffer<Float>?
        let data = try data(of: table, name)
        if let elementType, !data.isEmpty {
            guard let size = elementType.byteCount(of: dimensions), size == data.count else {
                throw source.failure(
                    "tensor \(quoted(name)): expected the bytes of \(elementType.code) \(Parameter.text(dimensions)), "
                        + "found \(data.count)")
            }
            try budget.spend(data.count / elementType.size, "tensor \(quoted(name))")
            let floats = try Buffer<Float>(count: data.count / elementType.size)
            if let quantization, !elementType.isFloatingPoint {
                try dequantize(data, elementType, dimensions, quantization, name, into: floats)
            } else {
                elementType.convert(source.view(data), to: floats.elements)
            }
            values = floats
        }
        return TFLiteTensor(
            name: name, dimensions: dimensions, elementType: elementType, quantization: quantization, values: values)
    }

    private func data(of table: FlatTable, _ name: String) throws(OcellusError) -> Range<Int> {
        let index = Int(try table.integer(2, default: UInt32(0)))
        guard index < buffers.count else {
            throw source.failure("tensor \(quoted(name)): expected one of \(buffers.count) buffers, found \(index)")
        }
        let buffer = buffers[index]
        // A file above 2 GiB keeps its data behind the flatbuffer; 0 and 1 mean that it does not.
        let offset = try buffer.integer(1, default: UInt64(0))
        guard offset > 1 else { return try buffer.vector(0, elementSize: 1) }
        let size = try buffer.integer(2, default: UInt64(0))
        return try source.range(Int(clamping: offset), Int(clamping: size), "tensor \(quoted(name))")
    }

    private mutating func quantization(
        _ table: FlatTable, _ name: String
    ) throws(OcellusError) -> TensorQuantization? {
        guard let table = try table.table(4) else { return nil }
        let scales = try table.numbers(2, UInt32.self, limit: 65536).map { Float(bitPattern: $0) }
        guard !scales.isEmpty else { return nil }
        var zeroPoints = try table.numbers(3, Int64.self, limit: 65536).map { Int($0) }
        try budget.spend(scales.count, "tensor \(quoted(name))")
        if zeroPoints.isEmpty { zeroPoints = [Int](repeating: 0, count: scales.count) }
        let axis = Int(try table.integer(6, default: Int32(0)))
        guard zeroPoints.count == scales.count, scales.allSatisfy({ $0.isFinite && $0 >= 0 }),
            zeroPoints.allSatisfy({ Int32(exactly: $0) != nil })
        else {
            throw source.failure(
                "tensor \(quoted(name)): expected as many finite scales as zero points of 32 bits, found others")
        }
        return TensorQuantization(scales: scales, zeroPoints: zeroPoints, axis: axis)
    }

    private func dequantize(
        _ data: Range<Int>, _ elementType: ElementType, _ dimensions: [Int], _ quantization: TensorQuantization,
        _ name: String, into floats: Buffer<Float>
    ) throws(OcellusError) {
        var channels = 1
        var inner = floats.count
        if quantization.scales.count > 1 {
            guard dimensions.indices.contains(quantization.axis),
                dimensions[quantization.axis] == quantization.scales.count
            else {
                throw source.failure(
                    "tensor \(quoted(name)): expected a scale for each index along axis \(quantization.axis) of "
                        + "\(Parameter.text(dimensions)), found \(quantization.scales.count)")
            }
            channels = quantization.scales.count
            inner = dimensions[(quantization.axis + 1)...].reduce(1, *)
        }
        let raw = UnsafeRawBufferPointer(source.view(data))
        let size = elementType.size
        for index in 0..<floats.count {
            let integer: Int64
            switch elementType {
            case .uint8, .bool: integer = Int64(raw[index])
            case .int8: integer = Int64(Int8(bitPattern: raw[index]))
            case .int16: integer = Int64(raw.loadUnaligned(fromByteOffset: index * size, as: Int16.self))
            case .int32: integer = Int64(raw.loadUnaligned(fromByteOffset: index * size, as: Int32.self))
            default: integer = raw.loadUnaligned(fromByteOffset: index * size, as: Int64.self)
            }
            let channel = channels == 1 ? 0 : index / inner % channels
            // In Double, so that the one rounding is the last one.
            floats.pointer[index] = Float(
                Double(quantization.scales[channel]) * (Double(integer) - Double(quantization.zeroPoints[channel])))
        }
    }

    private static func elementType(_ code: UInt8) -> ElementType? {
        switch code {
        case 0: .float32
        case 1: .float16
        case 2: .int32
        case 3: .uint8
        case 4: .int64
        case 6: .bool
        case 7: .int16
        case 9: .int8
        case 10: .float64
        case 18: .bfloat16
        default: nil
        }
    }
}
