import Foundation
import OcellusDetection
import Testing

@Suite struct CoderTests {
    private let anchor = AnchorBox(centreX: 0.3, centreY: 0.6, width: 0.2, height: 0.1)

    @Test("decoding inverts encoding and encoding inverts decoding", arguments: [BoxCoder.Order.xywh, .yxhw])
    func boxRoundTrip(order: BoxCoder.Order) throws {
        let coder = BoxCoder(order: order)
        for seed in 0..<500 {
            let anchor = AnchorBox(
                centreX: noise(seed, 0), centreY: noise(seed, 1),
                width: noise(seed, 2) * 0.9 + 0.05, height: noise(seed, 3) * 0.9 + 0.05)
            let box = Box(
                centreX: noise(seed, 4), centreY: noise(seed, 5),
                width: noise(seed, 6) * 0.9 + 0.05, height: noise(seed, 7) * 0.9 + 0.05)
            let offsets = try #require(coder.encode(box, anchor: anchor))
            let back = try #require(coder.decode(offsets, anchor: anchor))
            #expect(abs(back.left - box.left) < 1e-5 && abs(back.right - box.right) < 1e-5)
            #expect(abs(back.top - box.top) < 1e-5 && abs(back.bottom - box.bottom) < 1e-5)

            let given = SIMD4(noise(seed, 8), noise(seed, 9), noise(seed, 10), noise(seed, 11)) * 6 - 3
            let decoded = try #require(coder.decode(given, anchor: anchor))
            let again = try #require(coder.encode(decoded, anchor: anchor))
            for lane in 0..<4 { #expect(abs(again[lane] - given[lane]) < 2e-3) }
        }
    }

    @Test("TensorFlow's row order swaps the axes and nothing else")
    func order() throws {
        let plain = try #require(BoxCoder().decode(SIMD4(1, 2, 3, 4), anchor: anchor))
        let swapped = try #require(BoxCoder(order: .yxhw).decode(SIMD4(2, 1, 4, 3), anchor: anchor))
        #expect(plain == swapped)
        #expect(abs(plain.centreX - 0.32) < 1e-6 && abs(plain.centreY - 0.62) < 1e-6)
        #expect(abs(plain.width - 0.2 * exp(0.6)) < 1e-6 && abs(plain.height - 0.1 * exp(0.8)) < 1e-6)
    }

    @Test("offsets of zero are the anchor itself")
    func zero() throws {
        let box = try #require(BoxCoder().decode(.zero, anchor: anchor))
        #expect(abs(box.left - 0.2) < 1e-6 && abs(box.right - 0.4) < 1e-6)
        #expect(abs(box.top - 0.55) < 1e-6 && abs(box.bottom - 0.65) < 1e-6)
    }

    @Test("sizes that would overflow are limited, and NaN or infinite offsets are no box")
    func hostile() throws {
        let wide = try #require(BoxCoder().decode(SIMD4(0, 0, 1e30, .infinity), anchor: anchor))
        #expect(abs(wide.width / (0.2 * exp(10)) - 1) < 1e-4)
        #expect(BoxCoder().decode(SIMD4(.nan, 0, 0, 0), anchor: anchor) == nil)
        #expect(BoxCoder().decode(SIMD4(0, 0, 0, .nan), anchor: anchor) == nil)
        #expect(BoxCoder().decode(SIMD4(0, .infinity, 0, 0), anchor: anchor) == nil)
        // So far away that its width is lost in rounding.
        #expect(BoxCoder().decode(SIMD4(1e30, 0, 0, 0), anchor: anchor) == nil)
    }

    @Test("a box without area cannot be encoded")
    func unencodable() {
        #expect(BoxCoder().encode(Box(left: 0.2, top: 0.2, right: 0.2, bottom: 0.4), anchor: anchor) == nil)
        #expect(BoxCoder().encode(Box(left: 0.4, top: 0.2, right: 0.2, bottom: 0.4), anchor: anchor) == nil)
        #expect(BoxCoder().encode(Box(left: .nan, top: 0.2, right: 0.2, bottom: 0.4), anchor: anchor) == nil)
    }

    @Test("landmarks survive encoding and decoding")
    func landmarkRoundTrip() {
        for seed in 0..<200 {
            let point = Point(x: noise(seed, 20), y: noise(seed, 21))
            let back = LandmarkCoder().decode(LandmarkCoder().encode(point, anchor: anchor), anchor: anchor)
            #expect(abs(back.x - point.x) < 1e-6 && abs(back.y - point.y) < 1e-6)
        }
        let point = LandmarkCoder().decode(SIMD2(5, -5), anchor: anchor)
        #expect(abs(point.x - 0.4) < 1e-6 && abs(point.y - 0.55) < 1e-6)
    }
}
