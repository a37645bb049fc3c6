// A model's input in one line for people.
import OcellusImage

extension Preprocessing {
    var summary: String {
        let order = channelOrder == .rgb ? "RGB" : "BGR"
        let fitting: String
        switch fit {
        case .stretch: fitting = "stretched"
        case .letterbox(.topLeft, _): fitting = "letterboxed at the top left"
        case .letterbox(.centred, _): fitting = "letterboxed in the centre"
        }
        return "\(inputWidth)x\(inputHeight) \(order), (x - [\(text(mean))]) * [\(text(scale))], \(fitting)"
    }

    private func text(_ values: SIMD3<Float>) -> String { "\(values.x), \(values.y), \(values.z)" }
}
