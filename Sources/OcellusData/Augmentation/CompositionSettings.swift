// Settings of composed canvases. They are drawn in SampleSource+Composition.

/// Canvases with objects at chosen sizes: one picture, or a mosaic of n x n, with things pasted over that are no object.
public struct CompositionSettings: Sendable, Equatable {
    /// Canvases without an object. Where no picture without objects is at hand there are none.
    public var emptyShare: Float = 0.12
    /// Canvases that are a mosaic.
    public var mosaicShare: Float = 0.45
    /// Heights a chosen object is brought to: from this, in canvas pixels, …
    public var smallestHeight: Float = 10
    /// … to one of these shares of the canvas (or the mosaic's cell), each octave alike.
    public var largestHeights: [Float] = [0.2, 0.95]
    /// An object that fills more than this share of its picture's height …
    public var largeObjectShare: Float = 0.4
    /// … is not made smaller than this, in canvas pixels: its picture would be a stamp on a plain ground.
    public var smallestLargeHeight: Float = 40
    /// No picture is enlarged more.
    public var mostEnlargement: Float = 3
    /// How much wider or narrower than high pictures become: each side's logarithm changes by half of a normally distributed
    /// number with this standard deviation, one up and one down.
    public var stretch: Float = 0
    /// Pictures that are placed whole instead, at `wholeScale` times the size that fits.
    public var wholeShare: Float = 0.32
    public var wholeScale: ClosedRange<Float> = 0.7...1.15
    /// Pictures that are enlarged to cover the canvas.
    public var coverShare: Float = 0.5
    public var mosaic = MosaicSettings()
    /// Canvases that get rectangles without an object pasted over.
    public var pastedShare: Float = 0.5
    public var pastedCount: ClosedRange<Int> = 1...5
    /// Sides of pasted rectangles in canvas pixels, each octave alike.
    public var pastedSide: ClosedRange<Float> = 10...90
    /// Of the rectangles, those that are laid over an object, and so large beside it.
    public var hidingShare: Float = 0
    public var hidingSide: ClosedRange<Float> = 0.3...1.2
    /// No object is hidden by more than this share.
    public var mostHidden: Float = 0.5

    public init() {}
}

/// A jittered grid of pictures.
public struct MosaicSettings: Sendable, Equatable {
    /// A number of rows and columns, and how often it is taken.
    public struct Grid: Sendable, Equatable {
        public var cells: Int
        public var weight: Float

        public init(_ cells: Int, _ weight: Float) {
            self.cells = cells
            self.weight = weight
        }
    }

    public var grids = [Grid(2, 0.28), Grid(3, 0.25), Grid(4, 0.22), Grid(5, 0.16), Grid(7, 0.09)]
    /// Grids with smaller cells are not taken, in canvas pixels.
    public var smallestCell: Float = 38
    /// How far a line between cells may move, as a share of a cell.
    public var jitter: Float = 0.2
    /// Cells that their picture covers.
    public var coverShare: Float = 0.75
    /// Cells that show a picture without objects.
    public var emptyShare: Float = 0.17

    public init() {}
}
