// How often training sees each collection of pictures.

/// Weights of one collection (`LabelledPicture.source`); only their ratios matter.
public struct SourceWeight: Sendable, Equatable {
    /// For canvases with one picture.
    public var single: Float
    /// For the cells of a mosaic.
    public var mosaic: Float
    /// For its pictures without objects, where a picture without objects is wanted.
    public var empty: Float

    public init(single: Float, mosaic: Float? = nil, empty: Float = 1) {
        self.single = single
        self.mosaic = mosaic ?? single
        self.empty = empty
    }
}
