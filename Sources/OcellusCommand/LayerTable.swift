// `info --layers` and `bench --layers`: one aligned line a layer, with the median time of several runs.
import Foundation
import Ocellus
import OcellusNetwork
import OcellusTensor

struct LayerTable {
    private let network: FloatExecutor
    private let runs: Int

    init(_ detector: Detector, runs: Int = 20) {
        network = detector.network
        self.runs = runs
    }

    func show() throws {
        let graph = network.graph
        var times = [[UInt64]](repeating: [], count: graph.nodes.count)
        for run in 0..<runs + 3 {
            network.run { node, nanoseconds in if run >= 3 { times[node].append(nanoseconds) } }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] }
        var table = TextTable([
            ("layer", .left), ("operation", .left), ("in", .right), ("out", .right), ("parameters", .right),
            ("M MAC", .right), ("ms", .right), ("GMAC/s", .right), ("kernel", .left),
        ])
        for (index, node) in graph.nodes.enumerated() {
            let work = graph.multiplyAccumulates(of: node)
            let parameters = node.operation.parameters.reduce(0) { $0 + graph.parameters[$1].count }
            let nanoseconds = Double(medians[index])
            table.add([
                node.name.description, node.operation.title,
                node.inputs.first.map { graph.nodes[$0].shape.description } ?? "", node.shape.description,
                parameters > 0 ? grouped(parameters) : "", work > 0 ? String(format: "%.2f", Double(work) / 1e6) : "",
                String(format: "%.3f", nanoseconds / 1e6),
                work > 0 && nanoseconds > 0 ? String(format: "%.1f", Double(work) / nanoseconds) : "",
                network.kernelName(of: index),
            ])
        }
        print(table.text)
        let total = Double(medians.reduce(0, +)) / 1e6
        print(
            String(
                format: "network        %.3f ms, %.1f M multiply-accumulates, %.1f GMAC/s, %.1f KB of working memory",
                total, Double(graph.multiplyAccumulates) / 1e6, Double(graph.multiplyAccumulates) / total / 1e6,
                Double(network.workingBytes) / 1024))
    }
}
