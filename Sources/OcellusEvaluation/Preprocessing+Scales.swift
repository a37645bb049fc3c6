// How large things of a picture are to a network.
import OcellusImage

extension Preprocessing {
    /// Pixels of the network's input for a pixel of a picture of this size, without the rounding to whole rows.
    public func scales(width: Int, height: Int) -> (x: Float, y: Float) {
        let (x, y) = (Float(inputWidth) / Float(width), Float(inputHeight) / Float(height))
        if case .stretch = fit { return (x, y) }
        return (min(x, y), min(x, y))
    }
}
