// A network's three outputs as losses see them.
import OcellusDetection
import OcellusNetwork
import OcellusTensor

/// Head rows of a batch and where their gradients go. Views of the differentiator's memory.
struct Heads {
    let rows: HeadRows
    let gradients: HeadGradients

    /// Throws `.unsupported` for a network without scores or boxes, or with nothing to train before them.
    init(_ differentiator: Differentiator) throws(OcellusError) {
        func output(
            _ name: Name
        ) throws(OcellusError) -> (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) {
            guard let value = differentiator.value(of: name), let gradient = differentiator.gradient(of: name) else {
                throw OcellusError(
                    .unsupported,
                    "the network has no output '\(name)' with something to train before it: thaw a part of it")
            }
            return (UnsafeBufferPointer(value), gradient)
        }
        let scores = try output("scores")
        let boxes = try output("boxes")
        let landmarks = differentiator.graph.output(named: "landmarks") == nil ? nil : try output("landmarks")
        rows = HeadRows(scores: scores.0, boxes: boxes.0, landmarks: landmarks?.0)
        gradients = HeadGradients(scores: scores.1, boxes: boxes.1, landmarks: landmarks?.1)
    }
}
