// The anchors of RetinaFace (arXiv 1905.00641) with a MobileNet backbone: squares, two sizes a level.
import OcellusTensor

extension Anchors {
    /// RetinaFace's anchors: 3,810 at 300x300, 16,800 at 640x640. With other steps and sizes also those of UltraFace
    /// and other face detectors of this family.
    ///
    /// - Parameters:
    ///   - steps: pixels from one cell of a level to the next; a level has `ceil(size / step)` cells a side.
    ///   - minimumSizes: sides of the squares at each cell, in pixels, one list a level.
    ///
    /// Throws `.invalidArgument` when the lists differ in length or hold something that is not above 0.
    public static func retinaFace(
        inputWidth: Int, inputHeight: Int, steps: [Int] = [8, 16, 32],
        minimumSizes: [[Float]] = [[10, 20], [32, 64], [128, 256]]
    ) throws(OcellusError) -> Anchors {
        try checkInput(inputWidth, inputHeight)
        guard steps.count == minimumSizes.count else {
            throw OcellusError(
                .invalidArgument,
                "\(steps.count) anchor steps but \(minimumSizes.count) lists of sizes; expected one list a step")
        }
        let width = Float(inputWidth)
        let height = Float(inputHeight)
        var levels: [AnchorLevel] = []
        for (step, sides) in zip(steps, minimumSizes) {
            guard 1...65536 ~= step else {
                throw OcellusError(.invalidArgument, "an anchor step of \(step) pixels: must be 1 to 65536")
            }
            var sizes: [AnchorSize] = []
            for side in sides { sizes.append(AnchorSize(width: side / width, height: side / height)) }
            levels.append(
                AnchorLevel(
                    rows: (inputHeight + step - 1) / step, columns: (inputWidth + step - 1) / step,  // (2)
                    stepX: Float(step) / width, stepY: Float(step) / height, sizes: sizes))
        }
        return try Anchors(inputWidth: inputWidth, inputHeight: inputHeight, levels: levels)
    }
}
