// Feature pyramid (arXiv 1612.03144) as RetinaFace-MobileNet uses it: 1x1 laterals, nearest upsampling to the size of
// the next level, sums smoothed by 3x3 convolutions except at the top.
import OcellusNetwork
import OcellusTensor

extension GraphBuilder {
    /// `taps` from fine to coarse; as many values come back, each of `channels`.
    ///
    /// - Parameter separable: whether the finest level's 3x3 is a depthwise convolution and one of 1x1.
    func featurePyramid(
        _ taps: [Value], channels: Int, activation: Activation, separable: Bool = false
    ) -> [Value] {
        func lateral(_ x: Value, _ name: Name, kernel: Int) -> Value {
            convolutionBlock(
                x, convolution: name.appending("0"), normalization: name.appending("1"), channels: channels,
                kernel: kernel, activation: activation)
        }
        var levels: [Value] = []
        for (index, tap) in taps.enumerated() { levels.append(lateral(tap, Name("output\(index + 1)"), kernel: 1)) }
        for level in stride(from: levels.count - 2, through: 0, by: -1) {
            let enlarged = upsampling(levels[level + 1], Name("up\(level + 1)"), to: levels[level])
            var sum = add(levels[level], enlarged, Name("sum\(level + 1)"))
            var kernel = 3
            if separable, level == 0 {
                sum = convolution(sum, "merge1.depthwise", channels: channels, kernel: 3, groups: channels, bias: false)
                kernel = 1
            }
            levels[level] = lateral(sum, Name("merge\(level + 1)"), kernel: kernel)
        }
        return levels
    }
}
