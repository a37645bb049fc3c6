// The same network for several pictures at once. Declarations have a batch of one; training has more.
import OcellusTensor

extension Graph {
    /// The network with `count` pictures in its input and in every value.
    ///
    /// Throws `.invalidArgument` for a batch below 1 and for values that would be too large.
    public func batched(_ count: Int) throws(OcellusError) -> Graph {
        guard count >= 1 else { throw OcellusError(.invalidArgument, "a batch of \(count) pictures: at least 1") }
        var result = self
        for index in nodes.indices {
            result.nodes[index].shape.batch = count
            guard result.nodes[index].shape.checkedCount() != nil else {
                throw OcellusError(
                    .invalidArgument, "\(nodes[index].name): a batch of \(count) of \(nodes[index].shape) is too large")
            }
        }
        return result
    }
}
