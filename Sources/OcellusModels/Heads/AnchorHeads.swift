// Heads of anchor-based detectors: a convolution a level, its map seen as one row an anchor, all levels below another.
// In NHWC the map already has the order of the anchors: row, column, anchor of the cell.
import OcellusNetwork
import OcellusTensor

extension GraphBuilder {
    /// Rows [1, 1, anchors of all levels, columns]. `names` are the convolutions' names, one a level.
    func anchorHead(
        _ levels: [Value], names: [Name], anchorsPerCell: [Int], columns: Int, kernel: Int = 1, output: Name
    ) -> Value {
        var parts: [Value] = []
        for (index, level) in levels.enumerated() {
            let map = convolution(level, names[index], channels: anchorsPerCell[index] * columns, kernel: kernel)
            parts.append(rows(map, names[index].appending("rows"), columns: columns))
        }
        return concatenation(parts, output, .rows)
    }
}
