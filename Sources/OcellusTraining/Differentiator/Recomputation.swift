// Which values are kept for the way back and which are computed anew there: time traded for memory.
import OcellusNetwork
import OcellusTensor

/// The values that may be computed anew, the cheapest for a float first.
struct Recomputation {
    /// Normalised values take one pass over memory.
    private let normalized: [Int]
    /// Convolutions that take few products for a value: depthwise ones and the first.
    private let convolved: [Int]
    /// More than a 3x3 window of three channels is not computed twice.
    static let productLimit = 27

    init(_ uses: ValueUses) {
        var normalized: [Int] = []
        var convolved: [Int] = []
        for (index, node) in uses.graph.nodes.enumerated() where !uses.outputs.contains(index) {
            switch node.operation {
            // Rounded values come from another step than the one that would compute them anew.
            case .batchNormalization where uses.settings.simulation == nil && uses.valueHomes[index] != nil,
                .activation where uses.settings.simulation == nil && uses.fused[index] != nil:
                normalized.append(index)
            case .convolution(let convolution):
                let channels = uses.graph.nodes[node.inputs[0]].shape.channels / convolution.groups
                let products = convolution.kernelHeight * convolution.kernelWidth * channels
                if products <= Recomputation.productLimit { convolved.append(index) }
            default: break
            }
        }
        // Large ones first: few are enough then.
        let nodes = uses.graph.nodes
        func size(_ index: Int) -> Int { nodes[index].shape.count }
        self.normalized = normalized.sorted { (size($0), $1) > (size($1), $0) }
        self.convolved = convolved.sorted { (size($0), $1) > (size($1), $0) }
    }

    /// The layout with the least recomputation found that needs at most `limit` floats; nil: normalised values alone are
    /// computed anew, which costs next to nothing and saves about half.
    ///
    /// Throws `.invalidArgument` naming the least found when it is above the limit. `extra` floats are needed besides.
    func layout(_ uses: ValueUses, limit: Int?, extra: Int) throws(OcellusError) -> DifferentiatorLayout {
        let usual = DifferentiatorLayout(uses, dropped: Set(normalized))
        guard let limit else { return usual }
        var dropped: Set<Int> = []
        var best = DifferentiatorLayout(uses, dropped: dropped)
        // What a value is computed from lives longer for it: not every one that is dropped makes the whole smaller.
        func drop(_ values: [Int]) {
            for value in values where best.count + extra > limit {
                let tried = DifferentiatorLayout(uses, dropped: dropped.union([value]))
                if tried.count <= best.count { (best, dropped) = (tried, dropped.union([value])) }
            }
        }
        drop(normalized)
        if best.count + extra > limit, usual.count < best.count { (best, dropped) = (usual, Set(normalized)) }
        drop(convolved)
        guard best.count + extra <= limit else {
            let least = (best.count + extra) * MemoryLayout<Float>.size
            throw OcellusError(
                .invalidArgument,
                "\((limit * MemoryLayout<Float>.size) >> 20) MB for the values and gradients of a batch of "
                    + "\(uses.settings.batch): at least \((least + (1 << 20) - 1) >> 20) MB are needed; allow more memory, "
                    + "or take a smaller batch")
        }
        return best
    }
}
