// Every instruction set against the scalar one, bit by bit, and bytes against the definition in `Support.swift`.
import CKernels
import OcellusTensor
import Testing

@testable import OcellusImage

@Suite("Resampling kernels")
struct KernelTests {
    /// A picture of noise at any alignment, with bytes between its rows, and a part of it.
    private func withNoise(
        _ format: PixelFormat, _ random: inout Seeded, _ body: (ImageView, inout Seeded) throws -> Void
    ) throws {
        let even = format.needsEvenWidth ? 2 : 1
        let (width, height) = (Int.random(in: 1...150, using: &random) * 2, Int.random(in: 1...100, using: &random))
        let stride = format.rowBytes(width: width) + Int.random(in: 0...9, using: &random)
        let (before, count) = (Int.random(in: 0...63, using: &random), stride * (height + (height + 1) / 2))
        let bytes = (0..<(before + count)).map { _ in UInt8.random(in: 0...255, using: &random) }
        try bytes.withUnsafeBufferPointer { bytes in
            let view = try ImageView(
                pixels: #require(bytes.baseAddress) + before, width: width, height: height, stride: stride,
                format: format)
            let (x, y) = (
                Int.random(in: 0..<width / 2, using: &random) / even * even,
                Int.random(in: 0...height / 2, using: &random) / 2 * 2
            )
            let part = try view.cropped(
                x: x, y: y, width: max(even, Int.random(in: 1...(width - x), using: &random) / even * even),
                height: height - y)
            try body(part, &random)
        }
    }

    private func anyPreprocessing(_ random: inout Seeded) -> Preprocessing {
        let fits: [Preprocessing.Fit] = [
            .stretch, .letterbox(.topLeft, .mean), .letterbox(.centred, .grey(114)), .letterbox(.centred, .mean),
        ]
        return Preprocessing(
            inputWidth: Int.random(in: 1...70, using: &random), inputHeight: Int.random(in: 1...50, using: &random),
            channelOrder: Bool.random(using: &random) ? .rgb : .bgr, mean: [104, 117, 123], scale: [1, 0.017, 0.25],
            fit: fits[Int.random(in: 0..<4, using: &random)])
    }

    /// Bytes and floats, each with a guard behind.
    private func outputs(
        _ image: ImageView, _ preprocessing: Preprocessing, _ kernels: KernelSet, _ pool: ThreadPool? = nil
    ) throws -> (bytes: [UInt8], floats: [UInt32]) {
        let count = preprocessing.elementCount
        var (bytes, floats) = ([UInt8](repeating: 99, count: count + 64), [Float](repeating: -7, count: count + 64))
        let preprocessor = try Preprocessor(preprocessing, kernels: kernels, pool: pool)
        try bytes.withUnsafeMutableBufferPointer { _ = try preprocessor.run(image, into: #require($0.baseAddress)) }
        try floats.withUnsafeMutableBufferPointer { _ = try preprocessor.run(image, into: #require($0.baseAddress)) }
        #expect(bytes[count...].allSatisfy { $0 == 99 } && floats[count...].allSatisfy { $0 == -7 })
        return (bytes, floats.map(\.bitPattern))
    }

    @Test("every set writes the scalar set's bits for any size, part, stride and fit", arguments: PixelFormat.allCases)
    func sameBits(format: PixelFormat) throws {
        var random = Seeded(state: UInt64(format.rawValue))
        let scalar = try #require(KernelSet(named: "scalar"))
        for _ in 0..<40 {
            try withNoise(format, &random) { image, random in
                let preprocessing = anyPreprocessing(&random)
                let expected = try outputs(image, preprocessing, scalar)
                for kernels in KernelSet.available where kernels.name != "scalar" {
                    let found = try outputs(image, preprocessing, kernels)
                    #expect(found.bytes == expected.bytes, "\(kernels.name) \(image.width)x\(image.height)")
                    #expect(found.floats == expected.floats, "\(kernels.name) \(image.width)x\(image.height)")
                }
            }
        }
    }

    @Test(
        "whole numbers in one pass give the bits of two passes, wherever they take part",
        arguments: PixelFormat.allCases)
    func onePass(format: PixelFormat) throws {
        let scalar = try #require(KernelSet(named: "scalar"))
        var random = Seeded(state: UInt64(format.rawValue) + 100)
        // Means of four and three, linear, and both; the smallest width that has a window of bytes; pixels left over.
        for (width, height, inputWidth, inputHeight) in [
            (640, 480, 300, 300), (640, 480, 300, 225), (90, 60, 30, 30), (96, 72, 64, 48), (64, 9, 33, 7),
            (126, 4, 63, 9),
        ] {
            let stride = format.rowBytes(width: width) + 5
            let bytes = (0..<stride * (height + (height + 1) / 2)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            try bytes.withUnsafeBufferPointer { bytes in
                let view = try ImageView(
                    pixels: #require(bytes.baseAddress), width: width, height: height, stride: stride, format: format)
                var preprocessing = anyPreprocessing(&random)
                (preprocessing.inputWidth, preprocessing.inputHeight) = (inputWidth, inputHeight)
                let expected = try outputs(view, preprocessing, scalar)
                let found = try outputs(view, preprocessing, .best)
                #expect(found.bytes == expected.bytes && found.floats == expected.floats, "\(width)x\(height)")
            }
        }
        // Otherwise the test above compares two passes with two passes.
        let (across, down) = (try ResampleAxis(source: 640, target: 300), try ResampleAxis(source: 480, target: 300))
        let table = try FiveTable.make(
            across: across, down: down, source: 640, lanes: 3, channels: SIMD4(0, 1, 2, 0),
            writer: FloatWriter(levels(300, 300)), kernels: .best)
        #expect((table != nil) == (ock_resample_has_fives(KernelSet.best.quantized) != 0))
    }

    @Test("several threads write the same bits", arguments: PixelFormat.allCases)
    func sameBitsOnThreads(format: PixelFormat) throws {
        var random = Seeded(state: UInt64(format.rawValue) + 50)
        for threads in 2...4 {
            let pool = try ThreadPool(threads: threads)
            for _ in 0..<8 {
                try withNoise(format, &random) { image, random in
                    let preprocessing = anyPreprocessing(&random)
                    let expected = try outputs(image, preprocessing, .best)
                    let found = try outputs(image, preprocessing, .best, pool)
                    #expect(found.bytes == expected.bytes, "\(threads) threads \(image.width)x\(image.height)")
                    #expect(found.floats == expected.floats, "\(threads) threads \(image.width)x\(image.height)")
                }
            }
        }
    }

    @Test(
        "bytes are within half a level of the definition",
        arguments: [(64, 48, 30, 30), (640, 480, 300, 225), (37, 53, 60, 60), (300, 20, 9, 9), (61, 60, 31, 29)])
    func halfALevel(width: Int, height: Int, inputWidth: Int, inputHeight: Int) throws {
        var preprocessing = levels(inputWidth, inputHeight)
        preprocessing.fit = .letterbox(.centred, .mean)
        let expected = reference(width: width, height: height, preprocessing) { Double(formulaPixel($0, $1, $2)) }
        for kernels in KernelSet.available {
            let found = try outputs(formulaImage(width, height).view, preprocessing, kernels).bytes
            let worst = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
            #expect(worst < 0.501, "\(kernels.name)")
        }
    }

    @Test("floats of four taps each way are within 1e-4 of the definition")
    func tenThousandth() throws {
        let expected = reference(width: 640, height: 480, levels(300, 225)) { Double(formulaPixel($0, $1, $2)) }
        let (values, _) = try preprocess(formulaImage(640, 480).view, levels(300, 225))
        #expect(largestDifference(values, expected) < 1e-4)
    }

    @Test("YUV is BT.601 within 0.51 of a level for every Y, U and V, in every set")
    func everyColour() throws {
        let (luma, chroma) = (Array(UInt8.min...UInt8.max), (UInt8.min...UInt8.max).flatMap { [$0, $0 &* 37] })
        var worst = 0.0
        for kernels in KernelSet.available {
            let preprocessor = try Preprocessor(levels(256, 2), kernels: kernels)
            var found = [UInt8](repeating: 0, count: 256 * 6)
            for shift in 0..<64 {
                let moved = chroma.indices.map { chroma[($0 + 8 * shift) % 512] }
                try luma.withUnsafeBufferPointer { luma in
                    try moved.withUnsafeBufferPointer { moved in
                        let view = try ImageView(
                            pixels: #require(luma.baseAddress), width: 256, height: 1, format: .nv12,
                            chroma: moved.baseAddress)
                        _ = try found.withUnsafeMutableBufferPointer {
                            try preprocessor.run(view, into: #require($0.baseAddress))
                        }
                    }
                }
                for x in 0..<256 {
                    let exact = Formatted.bt601(luma[x], moved[x / 2 * 2], moved[x / 2 * 2 + 1])
                    for c in 0..<3 { worst = max(worst, abs(Double(found[3 * x + c]) - exact[c])) }
                }
            }
        }
        #expect(worst > 0.4 && worst < 0.51)
    }
}
