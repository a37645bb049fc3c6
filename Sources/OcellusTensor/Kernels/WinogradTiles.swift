// What Winograd's F(4x4, 3x3) has in common for floats and bytes: where its tiles lie, what they read, and how the weights
// of a channel pair become 36. (Lavin and Gray, arXiv 1509.09308.)

extension ConvolutionGeometry {
    /// Rows of 4x4 tiles, of about `tiles` in all, to be transformed together: enough for the products, and few enough for the
    /// second-level cache. 0 where the method does not apply or does not pay.
    func winogradTileRows(tiles: Int) -> Int {
        guard kernelHeight == 3, kernelWidth == 3, strideHeight == 1, strideWidth == 1, dilationHeight == 1,
            dilationWidth == 1, groups == 1, input.channels % 16 == 0, output.channels % 16 == 0,
            output.height >= 8, output.width >= 8
        else { return 0 }
        return max(1, tiles / winogradTilesInRow)
    }

    var winogradTilesInRow: Int { (output.width + 3) / 4 }

    /// Calls `body` for output rows of one image after another that are transformed together: the image, rows in it, tiles.
    @inline(__always)
    func forEachWinogradBand(
        _ rows: Range<Int>, tileRows: Int, _ body: (_ image: Int, _ rows: Range<Int>, _ tiles: Int) -> Void
    ) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let inImage = row % output.height
            let count = min(4 &* tileRows, min(rows.upperBound &- row, output.height &- inImage))
            body(row / output.height, inImage..<inImage &+ count, (count &+ 3) / 4 &* winogradTilesInRow)
            row &+= count
        }
    }

    /// Pointers to the 6x6 inputs of the tile whose first output is at `top`, `left`; `outside` where there is no input.
    @inline(__always)
    func fillWinogradWindow<Element>(
        _ table: UnsafeMutablePointer<UnsafePointer<Element>?>, _ image: UnsafePointer<Element>, top: Int, left: Int,
        outside: UnsafePointer<Element>
    ) {
        var entry = 0
        for y in top &- paddingTop..<top &- paddingTop &+ 6 {
            let isInside = y >= 0 && y < input.height
            let line = image + y &* input.width &* inputStride
            for x in left &- paddingLeft..<left &- paddingLeft &+ 6 {
                table[entry] = isInside && x >= 0 && x < input.width ? line + x &* inputStride : outside
                entry &+= 1
            }
        }
    }
}

/// Three weights spread over six points.
typealias WinogradPoints<Number> = (Number, Number, Number, Number, Number, Number)

/// Spreads the nine weights of a channel pair, by rows and by columns, over 36 points that are `plane` apart.
@inline(__always)
func spreadWinogradWeights<Number>(
    _ weight: (_ tap: Int) -> Number, to first: UnsafeMutablePointer<Number>, plane: Int,
    by spread: (Number, Number, Number) -> WinogradPoints<Number>
) {
    let a = spread(weight(0), weight(3), weight(6))
    let b = spread(weight(1), weight(4), weight(7))
    let c = spread(weight(2), weight(5), weight(8))
    var to = first
    func put(_ a: Number, _ b: Number, _ c: Number) {
        let row = spread(a, b, c)
        to[0] = row.0
        to[plane] = row.1
        to[2 &* plane] = row.2
        to[3 &* plane] = row.3
        to[4 &* plane] = row.4
        to[5 &* plane] = row.5
        to += 6 &* plane
    }
    put(a.0, b.0, c.0)
    put(a.1, b.1, c.1)
    put(a.2, b.2, c.2)
    put(a.3, b.3, c.3)
    put(a.4, b.4, c.4)
    put(a.5, b.5, c.5)
}
