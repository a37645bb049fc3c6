// A model file's numbers as the engine wants them: Float, or the stored integers of a quantised model.
import OcellusTensor

extension ModelFile {
    /// A tensor as floats; F16, BF16 and F64 are converted. Data may be unaligned.
    ///
    /// Throws `.invalidData` when there is no such tensor or it holds integers, `.outOfMemory`.
    public func floats(of name: Name) throws(OcellusError) -> Parameter {
        let tensor = try existing(name)
        guard tensor.elementType.isFloatingPoint else {
            throw mismatch(tensor, expected: "F32, F16, BF16 or F64")
        }
        let values = try Buffer<Float>(count: tensor.range.count / tensor.elementType.size)
        tensor.elementType.convert(try bytes(of: name), to: values.elements)
        return try Parameter(dimensions: tensor.dimensions, values: values)
    }

    /// A copy of an I8 tensor. Throws `.invalidData` when it is missing or not I8, `.outOfMemory`.
    public func int8s(of name: Name) throws(OcellusError) -> Buffer<Int8> {
        try integers(of: name, .int8)
    }

    /// A copy of an I32 tensor. Throws `.invalidData` when it is missing or not I32, `.outOfMemory`.
    public func int32s(of name: Name) throws(OcellusError) -> Buffer<Int32> {
        try integers(of: name, .int32)
    }

    /// Every floating-point tensor by name, in the order of the header.
    public func parameters() throws(OcellusError) -> Parameters {
        var parameters = Parameters()
        for tensor in tensors where tensor.elementType.isFloatingPoint {
            parameters[tensor.name] = try floats(of: tensor.name)
        }
        return parameters
    }

    private func integers<Element: BitwiseCopyable>(
        of name: Name, _ elementType: ElementType
    ) throws(OcellusError) -> Buffer<Element> {
        let tensor = try existing(name)
        guard tensor.elementType == elementType else { throw mismatch(tensor, expected: elementType.code) }
        let values = try Buffer<Element>(count: tensor.range.count / MemoryLayout<Element>.size)
        // A byte copy: the source may stand at any address, the destination is aligned.
        UnsafeMutableRawBufferPointer(values.elements).copyBytes(from: try bytes(of: name))
        return values
    }

    private func mismatch(_ tensor: StoredTensor, expected: String) -> OcellusError {
        OcellusError(
            .invalidData,
            "\(origin): tensor \(tensor.name.quoted): expected \(expected), found \(tensor.elementType.code)")
    }
}
