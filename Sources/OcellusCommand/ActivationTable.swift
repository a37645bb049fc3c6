// `info --activations`: the range of every layer's values on one picture, and a word where a layer looks ill.
import Foundation
import Ocellus
import OcellusFiles
import OcellusNetwork
import OcellusTensor

struct ActivationTable {
    private let detector: Detector
    private let picture: FilePath

    init(_ detector: Detector, picture: FilePath) {
        self.detector = detector
        self.picture = picture
    }

    func show() throws {
        // Prepares the network's input; the values are then read while the network runs once more.
        let image = try PictureFile.read(picture)
        let network = detector.network
        try detector.prepare(image.view)
        var table = TextTable([
            ("layer", .left), ("minimum", .right), ("maximum", .right), ("mean", .right), ("deviation", .right),
            ("zero %", .right), ("", .left),
        ])
        network.run { index, _ in
            let node = network.graph.nodes[index]
            let range = ActivationRange(network, index)
            table.add(
                [printable(node.name.description)]
                    + [range.minimum, range.maximum, range.mean, range.deviation].map {
                        range.hasFinite ? String(format: "%.4g", $0) : "-"
                    } + [range.hasFinite ? String(format: "%.1f", range.zeroShare * 100) : "-", range.remark])
        }
        Output.line(table.text)
    }
}

/// What can be said about one layer's values.
struct ActivationRange {
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private(set) var mean = 0.0
    private(set) var deviation = 0.0
    private(set) var zeroShare = 0.0
    private var strangers = 0
    /// False when not one value is a number.
    private(set) var hasFinite = false

    init(_ network: Engine.Executor, _ node: Int) {
        var (sum, squares, zeros, number) = (0.0, 0.0, 0, 0)
        network.forEachValue(of: node) { element in
            let value = Double(element)
            guard value.isFinite else {
                strangers += 1
                return
            }
            number += 1
            minimum = min(minimum, value)
            maximum = max(maximum, value)
            sum += value
            squares += value * value
            if value == 0 { zeros += 1 }
        }
        let count = Double(max(number, 1))
        hasFinite = minimum <= maximum
        mean = sum / count
        deviation = max(0, squares / count - mean * mean).squareRoot()
        zeroShare = Double(zeros) / count
    }

    var remark: String {
        if strangers > 0 { return "\(grouped(strangers)) values are not finite" }
        if zeroShare == 1 { return "dead: all zero" }
        if max(abs(minimum), abs(maximum)) > 1e4 { return "very large" }
        return ""
    }
}
