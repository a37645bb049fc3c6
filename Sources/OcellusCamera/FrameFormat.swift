// What a frame's bytes are: the format that was agreed on with the driver, or that whoever pipes frames in declares.

/// Code and size of frames. Nothing here says whether the library can read them: `FrameConverter` does.
public struct FrameFormat: Equatable, Sendable {
    public var code: FourCC
    /// In pixels. 0 with a compressed format of unknown size: each frame says its own.
    public var width: Int
    public var height: Int
    /// Bytes from one row of the first plane to the next; 0: rows follow each other without a gap.
    public var bytesPerLine: Int
    /// Whether luma of a YUV format takes all of 0...255, where cameras usually take 16...235.
    public var isFullRange: Bool

    public init(code: FourCC, width: Int, height: Int, bytesPerLine: Int = 0, isFullRange: Bool = false) {
        self.code = code
        self.width = width
        self.height = height
        self.bytesPerLine = bytesPerLine
        self.isFullRange = isFullRange
    }
}
