// What quantisation did to each layer: the float network and the integer network side by side on the same pictures.
import CSystem
import OcellusNetwork
import OcellusTensor

/// Signal to noise of every convolution's value.
public final class QuantizationReport {
    /// One convolution.
    public struct Layer: Sendable {
        public let name: Name
        public let range: ValueRange
        /// Of the value, over all pictures: 10 log10 of signal energy over error energy, in decibels. Infinite for a
        /// value without error, and -infinite for one that is not finite or should have been 0 everywhere.
        public let decibels: Double
    }

    private let network: QuantizedNetwork
    private let reference: FloatExecutor
    private let executor: Int8Executor
    private var signal: [Double]
    private var noise: [Double]

    /// `parameters` are the float network's.
    public init(_ network: QuantizedNetwork, _ parameters: Parameters) throws(OcellusError) {
        self.network = network
        reference = try FloatExecutor(network.graph, parameters, retaining: true)
        executor = try Int8Executor(network)
        signal = [Double](repeating: 0, count: network.graph.nodes.count)
        noise = signal
    }

    /// The same picture twice: normalised, and as pixels.
    public var floatInput: UnsafeMutablePointer<Float> { reference.input }
    public var byteInput: UnsafeMutablePointer<UInt8> { executor.input }

    public func compare() {
        reference.run()
        executor.run { node, _ in add(node) }
    }

    /// In the order of the network.
    public var layers: [Layer] {
        network.graph.nodes.indices.filter { network.convolutions[$0] != nil }.map { node in
            var range = ValueRange.empty
            if case .bytes(let quantization) = network.formats[node] { range = quantization.range }
            return Layer(
                name: network.graph.nodes[node].name, range: range,
                decibels: decibels(signal[node], noise[node]))
        }
    }

    /// A layer below this keeps less than its sign: the network cannot work.
    public static let collapse = 3.0

    /// Throws `.invalidData` that names the worst layer when one has collapsed.
    public func check() throws(OcellusError) {
        var worst: Layer?
        for layer in layers where layer.decibels < (worst?.decibels ?? QuantizationReport.collapse) { worst = layer }
        if let worst {
            throw OcellusError(
                .invalidData,
                "layer \(worst.name) does not survive 8 bits (\(text(worst.decibels))): its values are spread too "
                    + "widely; try another --method (percentile, mse) or fine-tune the model for quantisation")
        }
    }

    private func add(_ node: Int) {
        guard network.convolutions[node] != nil else { return }
        let shape = network.graph.nodes[node].shape
        let stride = executor.plan.places[node].stride
        let expected = reference.value(of: node)
        let expectedStride = reference.plan.places[node].stride
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let real = Double(expected[position &* expectedStride &+ channel])
                let found = Double(executor.real(node, position &* stride &+ channel))
                signal[node] += real * real
                noise[node] += (real - found) * (real - found)
            }
        }
    }

    private func text(_ decibels: Double) -> String {
        decibels.isFinite ? "\(Int(decibels.rounded(.down))) dB" : "nothing is left of it"
    }

    private func decibels(_ signal: Double, _ noise: Double) -> Double {
        guard signal < .infinity, noise < .infinity else { return -.infinity }
        guard signal > 0 else { return noise > 0 ? -.infinity : .infinity }
        return noise > 0 ? 10 * log10(signal / noise) : .infinity
    }
}
