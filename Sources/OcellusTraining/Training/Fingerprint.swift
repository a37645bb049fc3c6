// A number that tells what a run began with from anything else: one that goes on must have the same. Not a defence against
// anybody: FNV-1a (Fowler, Noll, Vo), 64 bits.
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusNetwork

struct Fingerprint {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Of names, objects and, for pictures in memory, pixels, in their order. Files are told by their names alone.
    init(_ pictures: [LabelledPicture]) {
        for picture in pictures {
            add(picture.name)
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

    /// Of classes, input and every parameter. What files say beside them is left out.
    init(_ model: Model) {
        for label in model.description.labels { add(label) }
        add(UInt64(model.description.preprocessing.inputWidth))
        add(UInt64(model.description.preprocessing.inputHeight))
        add(model.parameters)
    }

    /// Of settings as they print.
    init(_ text: String) { add(text) }

    init(_ parameters: Parameters) { add(parameters) }

    /// Sixteen digits.
    var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func add(_ parameters: Parameters) {
        // Files have their own order.
        for name in parameters.names.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            guard let parameter = parameters[name] else { continue }
            for byte in name.bytes { add(UInt64(byte)) }
            for value in parameter.values.elements { add(value) }
        }
    }

    private mutating func add(_ text: String) { for byte in text.utf8 { add(UInt64(byte)) } }

    private mutating func add(_ value: Float) { add(UInt64(value.bitPattern)) }

    private mutating func add(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }
}
