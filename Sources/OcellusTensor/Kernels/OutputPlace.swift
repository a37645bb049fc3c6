// Where a product driver stands: the output position whose taps it lists next. One for float and int8.

/// A position of the output and the image it belongs to.
struct OutputPlace<Element> {
    var x: Int
    var y: Int
    var image: UnsafePointer<Element>
}

extension ConvolutionGeometry {
    /// One pointer a position is enough: 1x1, no stride, no padding.
    var isPointwise: Bool {
        taps == 1 && strideHeight == 1 && strideWidth == 1 && input.width == output.width
            && input.height == output.height
    }

    /// Elements from one kernel row's taps to the next one's, …
    var windowRowStep: Int { dilationHeight &* input.width &* inputStride }

    /// … and from one output position's window to that of its right neighbour.
    var windowStep: Int { strideWidth &* inputStride }

    /// Where the window of a position begins that lies inside.
    @inline(__always)
    func window<Element>(_ place: OutputPlace<Element>) -> UnsafePointer<Element> {
        let (top, left) = (place.y &* strideHeight &- paddingTop, place.x &* strideWidth &- paddingLeft)
        return place.image + (top &* input.width &+ left) &* inputStride
    }

    /// Lists the windows of `count` positions of one row, the first at `place`, all inside: for each kernel row a pointer a
    /// position, `apart` entries behind those of the row before.
    @inline(__always)
    func listWindows<Element>(
        _ table: UnsafeMutablePointer<UnsafePointer<Element>?>, _ place: OutputPlace<Element>, _ count: Int, apart: Int
    ) {
        var first = window(place)
        var entries = table
        for _ in 0..<kernelHeight {
            var pointer = first
            for row in 0..<count {
                entries[row] = pointer
                pointer += windowStep
            }
            first += windowRowStep
            entries += apart
        }
    }

    /// The place of a position counted over the rows of all images, `source` being the first image.
    @_optimize(speed)
    func place<Element>(_ position: Int, _ source: UnsafePointer<Element>) -> OutputPlace<Element> {
        let row = position / output.width
        let batch = row / output.height
        let image = source + batch &* input.height &* input.width &* inputStride
        return OutputPlace(x: position % output.width, y: row % output.height, image: image)
    }

    /// The next position; behind the last of an image comes the first of the next.
    @_optimize(speed)
    func advance<Element>(_ place: inout OutputPlace<Element>) {
        place.x &+= 1
        guard place.x == output.width else { return }
        place.x = 0
        place.y &+= 1
        guard place.y == output.height else { return }
        place.y = 0
        place.image += input.height &* input.width &* inputStride
    }
}
