// A change of colour as three tables and a saturation: what costs one look-up a channel, however it was put together.
import CDataKernels
import Glibc

struct ColourChange {
    /// 3 x 256 levels, red first; nil leaves the levels.
    var tables: [UInt8]?
    /// In 256ths; 0 is grey.
    var saturation: Int32 = 256

    static let none = ColourChange()

    private init() {}

    init(_ settings: ColourSettings, _ random: inout SeededRandom) {
        if random.chance(settings.toneProbability) {
            let contrast = random.uniform(settings.contrast)
            let brightness = random.uniform(-settings.brightness, settings.brightness)
            let exponent = exp(random.uniform(-settings.gamma, settings.gamma))
            var curve = [Float](repeating: 0, count: 256)
            for level in 0..<256 {
                let curved = 255 * pow(Float(level) / 255, exponent)
                curve[level] = (curved - 128) * contrast + 128 + brightness
            }
            var result: [UInt8] = []
            result.reserveCapacity(768)
            for _ in 0..<3 {
                let gain = 1 + random.uniform(-settings.channelGain, settings.channelGain)
                for level in curve { result.append(UInt8(max(0, min(255, level * gain + 0.5)))) }
            }
            tables = result
        }
        if random.chance(settings.greyProbability) {
            saturation = 0
        } else if random.chance(settings.saturationProbability) {
            let factor = random.uniform(settings.saturation)
            saturation = Int32(max(0, min(4, factor)) * 256)
        }
    }

    func withKernelColour(_ body: (ocd_colour) -> Void) {
        guard let tables else { return body(ocd_colour(tables: nil, saturation: saturation)) }
        tables.withUnsafeBufferPointer { body(ocd_colour(tables: $0.baseAddress, saturation: saturation)) }
    }
}
