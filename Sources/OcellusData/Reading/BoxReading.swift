// What every reader asks of a box before it becomes an object.
import OcellusDetection

enum BoxReading {
    /// Whether a number may be of pixels: no picture is larger, and sums of such numbers are exact enough.
    static func isPixel(_ number: Float) -> Bool { number.isFinite && abs(number) < 1e7 }

    /// The fault of corners as a label states them, nil when there is none. `place` names the line or the element.
    static func fault(
        _ left: Float, _ top: Float, _ right: Float, _ bottom: Float, file: String, picture: String, box: Int
    ) -> DataFault? {
        let corners = "(\(left), \(top)) to (\(right), \(bottom))"
        func found(_ kind: DataFault.Kind, _ text: String) -> DataFault {
            DataFault(kind, file: file, picture: picture, box: box, text)
        }
        guard [left, top, right, bottom].allSatisfy({ isPixel($0) }) else {
            return found(.malformedBox, "corners \(corners): expected numbers of pixels")
        }
        if right < left || bottom < top {
            return found(.swappedCorners, "corners \(corners): the first must be the upper left one")
        }
        if right == left || bottom == top {
            return found(.zeroSize, "corners \(corners): a width and a height above 0 are needed")
        }
        return nil
    }
}
