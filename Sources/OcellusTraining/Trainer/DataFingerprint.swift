// A number that tells one list of labelled pictures from another: a run that goes on must have the same. Not a defence
// against anybody: FNV-1a (Fowler, Noll, Vo), 64 bits.
import OcellusData
import OcellusDetection

struct DataFingerprint {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Of names, objects and, for pictures in memory, pixels, in their order. Files are told by their names alone.
    init(_ pictures: [LabelledPicture]) {
        for picture in pictures {
            for byte in picture.name.utf8 { add(UInt64(byte)) }
            for truth in picture.truths {
                for number in [truth.box.left, truth.box.top, truth.box.right, truth.box.bottom] { add(number) }
                add(UInt64(truth.label) << 2 | (truth.isDifficult ? 2 : 0) | (truth.isIgnored ? 1 : 0))
                guard let points = truth.landmarks else { continue }
                for index in 0..<Landmarks.count {
                    add(points[index].x)
                    add(points[index].y)
                }
            }
            if let held = picture.held { for byte in held.image.pixels.elements { add(UInt64(byte)) } }
            add(UInt64(picture.truths.count))
            if picture.repeats != 1 { add(UInt64(picture.repeats)) }
            for repeats in picture.truthRepeats { add(UInt64(repeats)) }
        }
    }

    /// Sixteen digits.
    var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func add(_ value: Float) { add(UInt64(value.bitPattern)) }

    private mutating func add(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }
}
