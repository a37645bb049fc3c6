// Where frames come from, as a live session sees it: a camera, standard input, a folder of pictures.
import OcellusTensor

/// What a source answers when it is asked for a frame.
public enum FrameEvent {
    /// The newest frame (or the next one, where none may be left out).
    case frame(LiveFrame)
    /// None came within the time that was given; the source is well.
    case nothing
    /// The source is away and will be looked for again; seconds since it was lost.
    case lost(seconds: Double)
    /// There will be no more frames.
    case ended
}

/// A row of frames. One thread asks; whatever a source does beside that it does on threads of its own.
public protocol FrameSource: AnyObject {
    /// What the source is, for people: a device with its name, size, format and rate.
    var summary: String { get }

    /// Waits up to `milliseconds` for a frame.
    ///
    /// Gives back the frame it handed out before. Throws when the source has failed for good; a damaged frame is
    /// counted in `damaged`, not thrown.
    func next(milliseconds: Int) throws(OcellusError) -> FrameEvent

    /// Frames that were left out because their contents were damaged.
    var damaged: Int { get }

    /// Compressed frames may be decoded at a part of their size as long as the longer side keeps so many pixels; 0 asks
    /// for full size.
    var minimumSide: Int { get set }

    /// Ends the source's threads. It gives no frame after that.
    func close()
}
