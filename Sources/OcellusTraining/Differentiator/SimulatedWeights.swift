// The weights a convolution computes with: its own, or what is left of them on a grid of bytes.
import OcellusQuantization
import OcellusTensor

/// Weights [output channels, ...], rounded an output channel at a time when training simulates quantisation.
///
/// Gradients go to the unrounded weights as if nothing had been rounded.
final class SimulatedWeights {
    private let values: Buffer<Float>
    private let rounded: Buffer<Float>?
    private let outputChannels: Int
    /// What the first layer's weights are multiplied by before rounding, an input channel each.
    private let pictureScale: [Float]

    init(
        _ values: Buffer<Float>, outputChannels: Int, simulation: TrainingSimulation?, readsPicture: Bool
    ) throws(OcellusError) {
        self.values = values
        self.outputChannels = outputChannels
        rounded = simulation == nil ? nil : try Buffer(count: values.count)
        pictureScale = readsPicture ? simulation?.normalization.scale ?? [1] : [1]
    }

    /// What the latest `refreshed` left.
    var current: UnsafePointer<Float> { UnsafePointer((rounded ?? values).pointer) }

    /// Rounds the weights as they are now. docs/quantization.md (4), (8)
    func refreshed() -> UnsafePointer<Float> {
        guard let rounded else { return current }
        let each = values.count / outputChannels
        for channel in 0..<outputChannels {
            let (source, target) = (values.pointer + channel * each, rounded.pointer + channel * each)
            var largest: Float = 0
            for i in 0..<each { largest = max(largest, abs(source[i] * pictureScale[i % pictureScale.count])) }
            let scale = largest / 127 >= ActivationQuantization.scaleLimits.lowerBound ? largest / 127 : 1
            for i in 0..<each {
                let factor = pictureScale[i % pictureScale.count]
                target[i] = (source[i] * factor / scale).rounded(.toNearestOrEven) * scale / factor
            }
        }
        return current
    }
}
