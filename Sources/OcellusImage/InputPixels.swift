// A network's input as its executor keeps it: bytes or real numbers.

/// The picture that a network has just looked at, [height, width, 3], as its executor keeps it.
public enum InputPixels {
    /// Levels.
    case bytes(UnsafePointer<UInt8>)
    /// Levels minus `mean`, times `scale`.
    case floats(UnsafePointer<Float>)
}
