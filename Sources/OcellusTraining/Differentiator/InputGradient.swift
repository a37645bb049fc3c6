// The gradient of a convolution with respect to its input. At stride 1 that is a convolution too, with the kernel turned
// around and input and output channels exchanged, so it runs on the same kernels; otherwise positions are added up.
import CBLAS
import CTrainingKernels
import OcellusTensor

/// dX of one convolution.
final class InputGradient {
    private enum Way {
        /// A convolution of dY.
        case convolution(PackedConvolution)
        /// A picture at a time, `taps` x channels.
        case depthwise(otk_depthwise)
        /// Rows of positions: a matrix product, then every product added to where its tap lies.
        case scattered(PositionColumns)
    }

    private let geometry: ConvolutionGeometry
    private let way: Way
    let scratchCount: Int

    init(_ geometry: ConvolutionGeometry) throws(OcellusError) {
        self.geometry = geometry
        let top = geometry.dilationHeight * (geometry.kernelHeight - 1) - geometry.paddingTop
        let left = geometry.dilationWidth * (geometry.kernelWidth - 1) - geometry.paddingLeft
        if geometry.strideHeight == 1, geometry.isDepthwise || geometry.groups == 1, top >= 0, left >= 0 {
            let turned = try Buffer<Float>(count: geometry.weightCount)
            let back = ConvolutionGeometry(
                input: geometry.output, output: geometry.input, kernelHeight: geometry.kernelHeight,
                kernelWidth: geometry.kernelWidth, dilationHeight: geometry.dilationHeight,
                dilationWidth: geometry.dilationWidth, paddingTop: top, paddingLeft: left, groups: geometry.groups)
            let packed = try PackedConvolution(back, weights: turned.pointer)
            way = .convolution(packed)
            scratchCount = packed.scratchCount
        } else if geometry.isDepthwise {
            way = .depthwise(otk_depthwise(geometry))
            scratchCount = 0
        } else {
            let columns = PositionColumns(geometry)
            way = .scattered(columns)
            scratchCount = columns.scratchCount
        }
    }

    /// Writes all of `target`, [N, h, w, C].
    func compute(
        _ memory: DifferentiatorMemory, weights: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>
    ) {
        let (input, output) = (geometry.input, geometry.output)
        let (sizeIn, sizeOut) = (input.count / input.batch, output.count / output.batch)
        let turned = memory.weightScratch.pointer
        switch way {
        case .convolution(let packed):
            turn(weights, into: turned)
            packed.pack(weights: turned, bias: nil)
            packed.run(memory, from: gradient, to: target)
        case .depthwise(let shape):
            for c in 0..<input.channels {
                for tap in 0..<geometry.taps {
                    turned[tap * input.channels + c] = weights[c * geometry.taps + tap]
                }
            }
            memory.pool.run(chunks: input.batch) { n, _ in
                (target + n * sizeIn).update(repeating: 0, count: sizeIn)
                withUnsafePointer(to: shape) {
                    otk_depthwise_input($0, turned, gradient + n * sizeOut, target + n * sizeIn)
                }
            }
        case .scattered(let columns):
            memory.pool.run(chunks: input.batch) { n, worker in
                (target + n * sizeIn).update(repeating: 0, count: sizeIn)
                columns.forEachChunk(in: n * output.height..<(n + 1) * output.height) { rows in
                    columns.scatter(
                        gradient, weights, rows: rows, scratch: memory.scratch(worker), into: target)
                }
            }
        }
    }

    /// [K, kh, kw, C] becomes [C, kh, kw, K] with taps in reverse order; depthwise [C, kh, kw, 1] only reverses.
    private func turn(_ weights: UnsafePointer<Float>, into turned: UnsafeMutablePointer<Float>) {
        let taps = geometry.taps
        let inner = geometry.input.channels / geometry.groups
        let outer = geometry.isDepthwise ? 1 : geometry.output.channels
        for k in 0..<geometry.output.channels {
            for tap in 0..<taps {
                let source = weights + (k * taps + tap) * inner
                if geometry.isDepthwise {
                    turned[k * taps + taps - 1 - tap] = source[0]
                    continue
                }
                for c in 0..<inner { turned[(c * taps + taps - 1 - tap) * outer + k] = source[c] }
            }
        }
    }
}

extension otk_depthwise {
    init(_ geometry: ConvolutionGeometry) {
        self.init(
            inputHeight: Int32(geometry.input.height), inputWidth: Int32(geometry.input.width),
            outputHeight: Int32(geometry.output.height), outputWidth: Int32(geometry.output.width),
            channels: Int32(geometry.input.channels), kernelHeight: Int32(geometry.kernelHeight),
            kernelWidth: Int32(geometry.kernelWidth), stride: Int32(geometry.strideHeight),
            dilation: Int32(geometry.dilationHeight), paddingTop: Int32(geometry.paddingTop),
            paddingLeft: Int32(geometry.paddingLeft))
    }
}
