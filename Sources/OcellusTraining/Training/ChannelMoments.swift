// What values within a network look like over pictures: batch normalisation begins with it.
import OcellusNetwork
import OcellusTensor

/// Mean and variance of each channel of a value over pictures and places.
struct ChannelMoments {
    var means: [Double]
    var variances: [Double]

    static func measure(
        _ graph: Graph, _ parameters: Parameters, nodes: [Int], reader: any BatchMaker, samples: Int, threads: Int
    ) throws(OcellusError) -> [ChannelMoments] {
        let pool = try ThreadPool(threads: threads)
        let executors = try FloatExecutor.workers(threads, graph.exposing(nodes), parameters)
        let input = try Buffer<Float>(count: threads * graph.inputShape.count)
        var sums = nodes.map { [Double](repeating: 0, count: graph.nodes[$0].shape.channels) }
        var squares = sums
        for first in stride(from: 0, to: samples, by: threads) {
            let count = min(threads, samples - first)
            _ = try reader.read(first: first, count: count, into: input.pointer, pool)
            pool.run(chunks: count) { picture, _ in
                executors[picture].input.update(
                    from: input.pointer + picture * graph.inputShape.count, count: graph.inputShape.count)
                executors[picture].run()
            }
            for picture in 0..<count {
                for (place, node) in nodes.enumerated() {
                    add(executors[picture].value(of: node), graph.nodes[node].shape, &sums[place], &squares[place])
                }
            }
        }
        return nodes.indices.map { place in
            let count = Double(max(samples, 1) * graph.nodes[nodes[place]].shape.positions)
            let means = sums[place].map { $0 / count }
            return ChannelMoments(
                means: means, variances: zip(squares[place], means).map { max(0, $0 / count - $1 * $1) })
        }
    }

    private static func add(
        _ values: UnsafePointer<Float>, _ shape: Shape, _ sums: inout [Double], _ squares: inout [Double]
    ) {
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let value = Double(values[position * shape.channels + channel])
                sums[channel] += value
                squares[channel] += value * value
            }
        }
    }
}
