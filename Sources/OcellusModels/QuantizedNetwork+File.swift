// How a quantised network lies in a model file: for each convolution `weight` in I8, `weight.scale` in F32 and `bias` in
// I32; for all nodes together `quantization.scales` and `quantization.zero_points`. Formats follow from the graph.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension QuantizedNetwork {
    /// - Parameter scope: what the names of tensors that belong to no layer begin with.
    func write(to writer: inout ModelFileWriter, scope: Name = "") throws(OcellusError) {
        let scales = try Buffer<Float>(count: graph.nodes.count)
        let zeroPoints = try Buffer<Int32>(count: graph.nodes.count)
        for (index, format) in formats.enumerated() {
            guard case .bytes(let quantization) = format else { continue }
            scales.pointer[index] = quantization.scale
            zeroPoints.pointer[index] = Int32(quantization.zeroPoint)
        }
        let names = QuantizedNetwork.formatNames(scope)
        try writer.add(names.scales, try Parameter(dimensions: [scales.count], values: scales))
        try writer.add(names.zeroPoints, dimensions: [zeroPoints.count], int32: zeroPoints)
        var isWritten = [Bool](repeating: false, count: graph.parameters.count)
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution(let convolution) = node.operation, let numbers = convolutions[index] else {
                continue
            }
            let names = QuantizedNetwork.names(convolution, node, graph)
            isWritten[convolution.weight] = true
            if let bias = convolution.bias { isWritten[bias] = true }
            try writer.add(
                names.weight, dimensions: graph.parameters[convolution.weight].dimensions, int8: numbers.weights)
            try writer.add(
                names.scale, try Parameter(dimensions: [numbers.scales.count], values: numbers.scales))
            try writer.add(names.bias, dimensions: [numbers.bias.count], int32: numbers.bias)
        }
        for (index, declaration) in graph.parameters.enumerated() where !isWritten[index] {
            try writer.add(declaration.name, try parameters.required(declaration))
        }
    }

    /// Reads the integers of a folded `graph`, which people know as `title`.
    ///
    /// Throws `.invalidData` that names the tensor when one is missing, mis-sized or out of range.
    init(
        _ file: ModelFile, _ graph: Graph, _ normalization: PixelNormalization, title: String, scope: Name = ""
    ) throws(OcellusError) {
        let formats = try QuantizedNetwork.formats(file, graph, title, scope)
        var convolutions = [QuantizedConvolution?](repeating: nil, count: graph.nodes.count)
        var isRead = [Bool](repeating: false, count: graph.parameters.count)
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution(let convolution) = node.operation else { continue }
            isRead[convolution.weight] = true
            if let bias = convolution.bias { isRead[bias] = true }
            let names = QuantizedNetwork.names(convolution, node, graph)
            let channels = [convolution.outputChannels]
            _ = try file.required(names.weight, graph.parameters[convolution.weight].dimensions, of: title)
            _ = try file.required(names.scale, channels, of: title)
            _ = try file.required(names.bias, channels, of: title)
            let numbers = QuantizedConvolution(
                weights: try file.int8s(of: names.weight), scales: try file.floats(of: names.scale).values,
                bias: try file.int32s(of: names.bias))
            try QuantizedNetwork.check(numbers, names, file)
            convolutions[index] = numbers
        }
        var parameters = Parameters()
        for (index, declaration) in graph.parameters.enumerated() where !isRead[index] {
            parameters[declaration.name] = try file.floats(declaration, of: title)
        }
        self.init(
            graph: graph, normalization: normalization, formats: formats, convolutions: convolutions,
            parameters: parameters)
    }

    private static func formats(
        _ file: ModelFile, _ graph: Graph, _ title: String, _ scope: Name
    ) throws(OcellusError) -> [ValueFormat] {
        let groups = ValueGroups(graph)
        let names = formatNames(scope)
        _ = try file.required(names.scales, [graph.nodes.count], of: title)
        _ = try file.required(names.zeroPoints, [graph.nodes.count], of: title)
        let scales = try file.floats(of: names.scales).values
        let zeroPoints = try file.int32s(of: names.zeroPoints)
        var formats: [ValueFormat] = []
        for (index, node) in graph.nodes.enumerated() {
            if index == 0 || groups.isFloat[index] {
                formats.append(index == 0 ? .pixels : .floats)
                continue
            }
            let (scale, zeroPoint) = (scales.pointer[index], zeroPoints.pointer[index])
            guard 0...255 ~= zeroPoint, ActivationQuantization.scaleLimits ~= scale else {
                throw OcellusError(
                    .invalidData,
                    "\(file.origin): layer \(node.name) has scale \(scale) and zero point \(zeroPoint): expected a "
                        + "scale from 1e-15 to 1e15 and a zero point from 0 to 255")
            }
            formats.append(.bytes(try ActivationQuantization(scale: scale, zeroPoint: UInt8(zeroPoint))))
            let leader = groups.leaders[index]
            guard leader == index || formats[leader] == formats[index] else {
                throw OcellusError(
                    .invalidData,
                    "\(file.origin): layers \(graph.nodes[leader].name) and \(node.name) must share one scale")
            }
        }
        return formats
    }

    private static func check(
        _ numbers: QuantizedConvolution, _ names: (weight: Name, scale: Name, bias: Name), _ file: ModelFile
    ) throws(OcellusError) {
        for channel in 0..<numbers.scales.count {
            let (scale, bias) = (numbers.scales.pointer[channel], numbers.bias.pointer[channel])
            guard ActivationQuantization.scaleLimits ~= scale else {
                throw OcellusError(
                    .invalidData,
                    "\(file.origin): tensor '\(names.scale)' holds \(scale): expected numbers from 1e-15 to 1e15")
            }
            guard abs(Double(bias)) < Double(QuantizedConvolution.biasLimit) else {
                throw OcellusError(.invalidData, "\(file.origin): tensor '\(names.bias)' holds \(bias): too large")
            }
        }
        for index in 0..<numbers.weights.count where numbers.weights.pointer[index] == -128 {
            throw OcellusError(
                .invalidData, "\(file.origin): tensor '\(names.weight)' holds -128: weights are -127 to 127")
        }
    }

    private static func formatNames(_ scope: Name) -> (scales: Name, zeroPoints: Name) {
        (scope.appending("quantization.scales"), scope.appending("quantization.zero_points"))
    }

    private static func names(
        _ convolution: Convolution, _ node: Node, _ graph: Graph
    ) -> (weight: Name, scale: Name, bias: Name) {
        let weight = graph.parameters[convolution.weight].name
        let bias = convolution.bias.map { graph.parameters[$0].name } ?? node.name.appending("bias")
        return (weight, weight.appending("scale"), bias)
    }
}
