// When the gate opens: at first, when something moves, and after a while.
import OcellusImage
import OcellusLive
import OcellusTensor
import TestSupport
import Testing

struct MotionGateTests {
    private let width = 320
    private let height = 240

    /// A gate that `#expect` may ask.
    private final class Gate {
        private var gate = MotionGate()

        func opens(_ scene: Scene, timestamp: Double) -> Bool {
            withExtendedLifetime(scene.pixels) { gate.opens(scene.view, timestamp: timestamp) }
        }
    }

    /// A view with the memory that it borrows.
    private struct Scene {
        let pixels: Buffer<UInt8>
        let view: ImageView
    }

    /// A scene with noise of a camera, and a bright square where `x` says.
    private func frame(
        _ format: PixelFormat, square x: Int? = nil, light: Int = 0, seed: UInt64 = 1
    ) throws -> Scene {
        var random = SeededGenerator(seed: seed)
        let rows = format == .nv12 ? height * 3 / 2 : height
        let stride = format.rowBytes(width: width)
        let pixels = try Buffer<UInt8>(count: stride * rows)
        for y in 0..<rows {
            for at in 0..<stride {
                let column = at * width / stride
                let isSquare = x.map { $0..<$0 + 24 ~= column && 100..<124 ~= y } ?? false
                let level = (isSquare ? 210 : 90 + column / 8) + light + random.integer(-6...6)
                pixels.pointer[y * stride + at] = UInt8(clamping: level)
            }
        }
        return Scene(
            pixels: pixels,
            view: try ImageView(pixels: pixels.pointer, width: width, height: height, format: format))
    }

    @Test(
        "a still scene with noise stays shut, a small thing that moves opens", arguments: PixelFormat.allCases)
    func motion(format: PixelFormat) throws {
        let gate = Gate()
        #expect(gate.opens(try frame(format, square: 40), timestamp: 0))
        for step in 1..<10 {
            let still = try frame(format, square: 40, seed: UInt64(step + 1))
            #expect(!gate.opens(still, timestamp: Double(step) / 30), "frame \(step)")
        }
        #expect(gate.opens(try frame(format, square: 70), timestamp: 0.5))
        #expect(!gate.opens(try frame(format, square: 70, seed: 5), timestamp: 0.6))
    }

    @Test("slow change adds up: it is compared with the last look, not with the last frame")
    func slow() throws {
        let gate = Gate()
        _ = gate.opens(try frame(.grey8), timestamp: 0)
        var opened: [Int] = []
        for step in 1..<20 where gate.opens(try frame(.grey8, light: step), timestamp: Double(step) / 30) {
            opened.append(step)
        }
        #expect(opened.count >= 2 && opened[0] > 4)
    }

    @Test("it opens after the refresh time, for another size, and when the clock is set back")
    func refresh() throws {
        let gate = Gate()
        let scene = try frame(.rgb8)
        let cropped = Scene(
            pixels: scene.pixels, view: try scene.view.cropped(x: 0, y: 0, width: 300, height: 240))
        #expect(gate.opens(scene, timestamp: 10))
        #expect(!gate.opens(scene, timestamp: 11.9))
        #expect(gate.opens(scene, timestamp: 12.1))
        #expect(gate.opens(cropped, timestamp: 12.2))
        #expect(gate.opens(scene, timestamp: 12.3))
        #expect(gate.opens(scene, timestamp: 3))
    }

    @Test("pictures smaller than the grid are measured too")
    func tiny() throws {
        let gate = Gate()
        let pixels = try Buffer<UInt8>(count: 12)
        let view = Scene(
            pixels: pixels, view: try ImageView(pixels: pixels.pointer, width: 2, height: 2, format: .rgb8))
        #expect(gate.opens(view, timestamp: 0))
        #expect(!gate.opens(view, timestamp: 0.1))
        pixels.pointer[1] = 90
        #expect(gate.opens(view, timestamp: 0.2))
    }
}
