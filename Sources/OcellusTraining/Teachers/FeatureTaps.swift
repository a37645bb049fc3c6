// Which values within a network a student compares with its teacher's: those that one part hands to the next.
import OcellusModels
import OcellusNetwork

enum FeatureTaps {
    /// Nodes, ascending, whose value the neck or the heads read and an earlier part computed: the backbone's taps and
    /// what the heads look at.
    static func nodes(of graph: Graph, _ architecture: Architecture) -> [Int] {
        var parts = [Int](repeating: 0, count: graph.nodes.count)
        var taps: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() {
            // Operations without parameters belong to the last part among their operands.
            var part = node.inputs.map { parts[$0] }.max() ?? 0
            for parameter in node.operation.parameters {
                part = max(part, rank(architecture.part(of: graph.parameters[parameter].name)))
            }
            parts[index] = part
            for input in node.inputs where parts[input] < part { taps.insert(input) }
        }
        return taps.sorted()
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
