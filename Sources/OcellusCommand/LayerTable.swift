// `info --layers` and `bench --layers`: one aligned line a layer, with the median time of several runs.
import Foundation
import Ocellus
import OcellusNetwork
import OcellusTensor

struct LayerTable {
    private let network: Engine.Executor
    private let runs: Int

    init(_ detector: Detector, runs: Int = 20) {
        network = detector.network
        self.runs = runs
    }

    func show() {
        let graph = network.graph
        var times = [[UInt64]](repeating: [], count: graph.nodes.count)
        let start = DispatchTime.now().uptimeNanoseconds
        for run in 0..<runs + 3 {
            network.run { node, nanoseconds in if run >= 3 { times[node].append(nanoseconds) } }
            // A slow machine shall not make anybody wait: 3 measured runs are enough then.
            if run >= 5, DispatchTime.now().uptimeNanoseconds - start > 2_000_000_000 { break }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] }
        var table = TextTable([
            ("layer", .left), ("operation", .left), ("in", .right), ("out", .right), ("weights", .right),
            ("M MAC", .right), ("ms", .right), ("GMAC/s", .right), ("kernel", .left),
        ])
        for (index, node) in graph.nodes.enumerated() {
            let work = graph.multiplyAccumulates(of: node)
            let parameters = node.operation.parameters.reduce(0) { $0 + graph.parameters[$1].count }
            let nanoseconds = Double(medians[index])
            table.add([
                printable(node.name.description), title(node.operation),
                node.inputs.first.map { graph.nodes[$0].shape.description } ?? "", node.shape.description,
                parameters > 0 ? grouped(parameters) : "", work > 0 ? String(format: "%.2f", Double(work) / 1e6) : "",
                milliseconds(nanoseconds / 1e6),
                work > 0 && nanoseconds > 0 ? String(format: "%.1f", Double(work) / nanoseconds) : "",
                kernel(of: index),
            ])
        }
        Output.line(table.text)
        let total = Double(medians.reduce(0, +)) / 1e6
        Output.line(
            String(
                format: "network  %.3f ms, %.1f M multiply-accumulates, %.1f GMAC/s, %.1f KB of working memory",
                total, Double(graph.multiplyAccumulates) / 1e6, Double(graph.multiplyAccumulates) / total / 1e6,
                Double(network.workingBytes) / 1024))
    }

    /// Four digits that count, whatever the size.
    private func milliseconds(_ value: Double) -> String {
        String(format: value < 10 ? "%.3f" : value < 100 ? "%.2f" : "%.1f", value)
    }

    /// Short enough for a table of 120 columns.
    private func title(_ operation: OcellusNetwork.Operation) -> String {
        operation.title.replacingOccurrences(of: "convolution", with: "conv")
    }

    /// What the rows above the table and the operation's title say already is left out: "row", "gemm 12x32"; Winograd's
    /// F(4x4, 3x3) is "F4x4 12x32".
    private func kernel(of node: Int) -> String {
        network.kernelName(of: node).replacingOccurrences(of: " " + network.kernels, with: "")
            .replacingOccurrences(of: "depthwise ", with: "").replacingOccurrences(of: "int8 ", with: "")
            .replacingOccurrences(of: "winograd", with: "F4x4")
    }
}
