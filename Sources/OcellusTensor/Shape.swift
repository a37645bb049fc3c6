// Sizes of a four-dimensional tensor. Everything in Ocellus is NHWC; head rows are [1, 1, rows, columns].

/// Batch, height, width and channels, in that order in memory (channels fastest).
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    public var batch: Int
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(batch: Int = 1, height: Int, width: Int, channels: Int) {
        self.batch = batch
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Rows of a head: `rows` anchors with `columns` numbers each.
    public static func rows(_ rows: Int, columns: Int) -> Shape {
        Shape(height: 1, width: rows, channels: columns)
    }

    /// Number of elements. Shapes inside a graph were checked by `checkedCount` when it was built.
    public var count: Int { batch * height * width * channels }

    /// Number of positions: `count / channels`.
    public var positions: Int { batch * height * width }

    /// Number of elements, or nil when a size is not positive or the product exceeds `limit`.
    public func checkedCount(limit: Int = 1 << 31) -> Int? {
        var product = 1
        for size in [batch, height, width, channels] {
            guard size > 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow, next <= limit else { return nil }
            product = next
        }
        return product
    }

    public var description: String {
        batch == 1 ? "\(height)x\(width)x\(channels)" : "\(batch)x\(height)x\(width)x\(channels)"
    }
}
