// `info --activations`: the range of every layer's values on one picture, and a word where a layer looks ill.
import Foundation
import Ocellus
import OcellusFiles
import OcellusNetwork
import OcellusTensor

struct ActivationTable {
    private let detector: Detector
    private let picture: String

    init(_ detector: Detector, picture: String) throws {
        self.detector = detector
        self.picture = picture
    }

    func show() throws {
        // Prepares the network's input; the values are then read while the network runs once more.
        let image = try PictureFile.read(path: picture)
        let network = detector.network
        try detector.prepare(image.view)
        var table = TextTable([
            ("layer", .left), ("minimum", .right), ("maximum", .right), ("mean", .right), ("deviation", .right),
            ("zero %", .right), ("", .left),
        ])
        network.run { index, _ in
            let node = network.graph.nodes[index]
            let range = ActivationRange(network.value(of: index), node.shape, stride: network.plan.places[index].stride)
            table.add(
                [node.name.description]
                    + [range.minimum, range.maximum, range.mean, range.deviation].map { String(format: "%.4g", $0) }
                    + [String(format: "%.1f", range.zeroShare * 100), range.remark])
        }
        print(table.text)
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

    /// - Parameter stride: elements between neighbouring positions.
    init(_ values: UnsafePointer<Float>, _ shape: Shape, stride: Int) {
        var (sum, squares, zeros) = (0.0, 0.0, 0)
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let value = Double(values[position * stride + channel])
                guard value.isFinite else {
                    strangers += 1
                    continue
                }
                minimum = min(minimum, value)
                maximum = max(maximum, value)
                sum += value
                squares += value * value
                if value == 0 { zeros += 1 }
            }
        }
        let count = Double(max(shape.count - strangers, 1))
        mean = sum / count
        deviation = max(0, squares / count - mean * mean).squareRoot()
        zeroShare = Double(zeros) / count
    }

    var remark: String {
        if strangers > 0 { return "\(strangers) values are not finite" }
        if zeroShare == 1 { return "dead: all zero" }
        if max(abs(minimum), abs(maximum)) > 1e4 { return "very large" }
        return ""
    }
}
