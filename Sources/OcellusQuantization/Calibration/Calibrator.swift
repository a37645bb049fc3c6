// Runs the float network on pictures and watches every value.
import OcellusNetwork
import OcellusTensor

/// Collects the ranges that `Quantizer` needs. A hundred pictures like those of later use are enough.
public final class Calibrator {
    private let executor: FloatExecutor
    private let observers: [RangeObserver]
    public private(set) var count = 0

    /// `graph` has batch normalisation and activations folded. Throws `.invalidArgument` for a method with a number that
    /// makes no sense.
    public init(
        _ graph: Graph, _ parameters: Parameters, method: CalibrationMethod = .minMax
    ) throws(OcellusError) {
        try method.validate()
        executor = try FloatExecutor(graph, parameters)
        observers = graph.nodes.map { _ in RangeObserver(method) }
    }

    /// Where the caller writes the next normalised picture, [height, width, channels].
    public var input: UnsafeMutablePointer<Float> { executor.input }

    /// Looks at the picture in `input`.
    public func observe() {
        executor.run { node, _ in
            observers[node].observe(
                executor.value(of: node), executor.graph.nodes[node].shape, stride: executor.plan.places[node].stride)
        }
        count += 1
    }

    /// A range a node. Throws `.invalidArgument` when no picture was seen.
    public func ranges() throws(OcellusError) -> [ValueRange] {
        guard count > 0 else {
            throw OcellusError(.invalidArgument, "calibration needs pictures, and none was given")
        }
        return observers.map { $0.result }
    }
}
