// The geometries the kernels are tested with: a table of the awkward ones, and random ones.
import OcellusTensor

/// A geometry whose output size follows from the padding on all four sides.
func geometry(
    _ height: Int, _ width: Int, _ channels: Int, to outputs: Int, kernel: (Int, Int) = (1, 1), stride: Int = 1,
    dilation: Int = 1, padding: (top: Int, left: Int, bottom: Int, right: Int) = (0, 0, 0, 0), groups: Int = 1,
    batch: Int = 1, extraInput: Int = 0, extraOutput: Int = 0
) -> ConvolutionGeometry {
    let high = (height + padding.top + padding.bottom - dilation * (kernel.0 - 1) - 1) / stride + 1
    let wide = (width + padding.left + padding.right - dilation * (kernel.1 - 1) - 1) / stride + 1
    return ConvolutionGeometry(
        input: Shape(batch: batch, height: height, width: width, channels: channels),
        output: Shape(batch: batch, height: high, width: wide, channels: outputs),
        kernelHeight: kernel.0, kernelWidth: kernel.1, strideHeight: stride, strideWidth: stride,
        dilationHeight: dilation, dilationWidth: dilation, paddingTop: padding.top, paddingLeft: padding.left,
        groups: groups, inputStride: channels + extraInput, outputStride: outputs + extraOutput)
}

let awkwardCases: [ConvolutionGeometry] = {
    var cases: [ConvolutionGeometry] = []
    let one = (1, 1, 1, 1)
    // Every column tail and every row tail of 1x1.
    for outputs in [1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 23, 24, 25, 31, 32, 33, 41, 48, 63, 65, 126] {
        cases.append(geometry(3, 9, 5, to: outputs))
    }
    for width in 1...26 { cases.append(geometry(1, width, 17, to: 33)) }
    // Long rows: whole tiles without a table between edges with one, the last ones with large weights.
    for (width, stride) in [(48, 1), (61, 1), (101, 2), (150, 2)] {
        cases.append(geometry(5, width, 3, to: 40, kernel: (3, 3), stride: stride, padding: one, extraOutput: 1))
    }
    cases.append(geometry(6, 130, 4, to: 32, kernel: (2, 3), stride: 2, padding: (0, 2, 1, 0), batch: 2))
    cases.append(geometry(7, 60, 6, to: 36, kernel: (3, 1), dilation: 2, padding: (2, 0, 2, 0), extraInput: 2))
    cases.append(geometry(5, 99, 7, to: 33, stride: 2))
    cases.append(geometry(2, 60, 8, to: 40, kernel: (5, 5), padding: (2, 4, 2, 4)))
    cases.append(geometry(2, 50, 16, to: 520, kernel: (3, 3), padding: one))
    // Several chunks of positions.
    cases.append(geometry(40, 41, 200, to: 40))
    // Weights large enough to be fetched ahead.
    cases.append(geometry(3, 5, 600, to: 130))
    for channels in [1, 3, 5, 7, 17, 33] {
        cases.append(geometry(7, 6, channels, to: 19, kernel: (3, 3), padding: one))
        cases.append(geometry(9, 8, channels, to: 5, kernel: (3, 3), stride: 2, padding: (0, 0, 1, 1), batch: 2))
        cases.append(geometry(11, 10, channels, to: 8, kernel: (3, 3), stride: 2, padding: (1, 0, 0, 1)))
        cases.append(geometry(8, 9, channels, to: 7, kernel: (5, 5), padding: (2, 2, 2, 2), extraInput: 3))
        cases.append(geometry(8, 9, channels, to: 7, kernel: (1, 3), padding: (0, 1, 0, 1), extraOutput: 6))
        cases.append(geometry(8, 9, channels, to: 17, kernel: (2, 2), stride: 3, padding: (1, 0, 0, 0)))
        cases.append(geometry(9, 9, channels, to: 6, kernel: (3, 3), dilation: 2, padding: (2, 2, 2, 2)))
        cases.append(geometry(1, 1, channels, to: 6, kernel: (3, 3), padding: one))
        // Depthwise: row kernel, edges, odd widths, other kernels, strides of slices.
        for width in [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14] {
            cases.append(geometry(5, width, channels, to: channels, kernel: (3, 3), padding: one, groups: channels))
            cases.append(
                geometry(
                    6, width, channels, to: channels, kernel: (3, 3), stride: 2, padding: one, groups: channels))
        }
        cases.append(geometry(9, 9, channels, to: channels, kernel: (5, 5), padding: (2, 2, 2, 2), groups: channels))
        cases.append(
            geometry(
                9, 12, channels, to: channels, kernel: (3, 3), padding: one, groups: channels, batch: 2,
                extraInput: 4, extraOutput: 1))
        cases.append(
            geometry(9, 9, channels, to: channels, kernel: (3, 3), dilation: 2, padding: (2, 2, 2, 2), groups: channels)
        )
        cases.append(geometry(8, 9, channels, to: channels, kernel: (2, 3), padding: (1, 1, 0, 1), groups: channels))
        // A multiplier, and groups.
        cases.append(geometry(6, 7, channels, to: channels * 2, kernel: (3, 3), padding: one, groups: channels))
        cases.append(geometry(6, 7, channels * 3, to: channels * 2, kernel: (3, 3), padding: one, groups: channels))
    }
    for width in 1...9 {
        cases.append(geometry(4, width, 8, to: 8, kernel: (3, 3), padding: one, groups: 8))
        cases.append(geometry(4, width, 8, to: 8, kernel: (3, 3), padding: one, groups: 8, extraOutput: 8))
        cases.append(geometry(5, width, 16, to: 16, kernel: (3, 3), stride: 2, padding: one, groups: 16))
    }
    return cases
}()

func randomCase(_ random: inout Random) -> ConvolutionGeometry {
    let kernel = (1 + random.below(4), 1 + random.below(4))
    let dilation = random.pick([1, 1, 1, 2])
    let reach = (dilation * (kernel.0 - 1), dilation * (kernel.1 - 1))
    let padding = (
        random.below(reach.0 + 1), random.below(reach.1 + 1), random.below(reach.0 + 1), random.below(reach.1 + 1)
    )
    let groups = random.pick([1, 1, 1, 2, 3, 8])
    let channels = groups * random.pick([1, 1, 2, 3, 5, 8, 16, 17])
    let outputs = random.below(3) == 0 && groups > 1 ? channels : groups * (1 + random.below(40))
    return geometry(
        reach.0 + 1 + random.below(9), reach.1 + 1 + random.below(14), channels, to: outputs, kernel: kernel,
        stride: 1 + random.below(3), dilation: dilation, padding: padding, groups: groups,
        batch: 1 + random.below(2), extraInput: random.pick([0, 0, 1, 5]), extraOutput: random.pick([0, 0, 1, 8]))
}
