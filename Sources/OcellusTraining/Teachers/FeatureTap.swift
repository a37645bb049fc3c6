// Which values within a network a student compares with its teacher's: those that one part hands to the next.
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// One of them.
struct FeatureTap {
    let node: Int
    let name: Name
    /// Of one picture.
    let shape: Shape
    /// The part that it comes from: the backbone, or what lies between it and the heads.
    let part: NetworkPart

    /// In the order of nodes: what the neck or the heads read and an earlier part computed.
    static func all(of graph: Graph, _ architecture: Architecture) -> [FeatureTap] {
        var parts = [NetworkPart](repeating: .backbone, count: graph.nodes.count)
        var taps: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() {
            // Operations without parameters belong to the last part among their operands.
            var part = node.inputs.map { parts[$0] }.max { rank($0) < rank($1) } ?? .backbone
            for parameter in node.operation.parameters {
                let own = architecture.part(of: graph.parameters[parameter].name)
                if rank(own) > rank(part) { part = own }
            }
            parts[index] = part
            for input in node.inputs where rank(parts[input]) < rank(part) { taps.insert(input) }
        }
        return taps.sorted().map { node in
            FeatureTap(
                node: node, name: graph.nodes[node].name, shape: graph.nodes[node].shape, part: parts[node])
        }
    }

    /// The order in which values pass through the parts.
    private static func rank(_ part: NetworkPart) -> Int {
        switch part {
        case .backbone: return 0
        case .neck: return 1
        case .classHead, .boxHead: return 2
        }
    }
}
