// How the work of one convolution is cut into parts for threads: some positions of the output each, so that a thread finds
// in its own cache what it computed in the layer before; where weights are many times the inputs, some blocks of output
// channels, so that no two threads fetch the same weights.

/// What one part computes: output positions (batch * height * width) times blocks of output channels.
struct ConvolutionPart {
    var positions: Range<Int>
    var blocks: Range<Int>
}

/// The cut, made anew for each run: a few divisions.
struct ConvolutionParts {
    private let positions: Int
    /// Parts begin at multiples of it: whole rows, or whole tiles where rows do not matter.
    private let unit: Int
    private let blocks: Int
    private let cutsBlocks: Bool
    private let shares: ThreadShares
    var count: Int { shares.count }

    /// - Parameters:
    ///   - unit: positions that belong together.
    ///   - blocks: blocks of output channels, of each group.
    ///   - mayCutBlocks: whether a part may have some of them only.
    ///   - weights: elements of all weights.
    init(
        _ geometry: ConvolutionGeometry, unit: Int, blocks: Int, mayCutBlocks: Bool, weights: Int, threads: Int
    ) {
        self.unit = unit
        self.blocks = blocks
        positions = geometry.output.positions
        // Inputs come from the other thread's cache then, which costs more than to fetch weights twice: four times is
        // where both were equal.
        cutsBlocks = mayCutBlocks && blocks >= 2 &* threads && weights > 4 &* geometry.input.count
        let pieces = cutsBlocks ? blocks : (positions &+ unit &- 1) / unit
        shares = ThreadShares(pieces: pieces, threads: threads)
    }

    func part(_ index: Int) -> ConvolutionPart {
        if cutsBlocks {
            return ConvolutionPart(positions: 0..<positions, blocks: shares[index])
        }
        let units = shares[index]
        return ConvolutionPart(
            positions: units.lowerBound &* unit..<min(positions, units.upperBound &* unit), blocks: 0..<blocks)
    }
}
