// The mapping between picture and input: inverses, and the letterbox's rounding.
import Testing

@testable import OcellusImage

@Suite("InputMapping")
struct InputMappingTests {
    private func letterbox(_ width: Int, _ height: Int, _ placement: Preprocessing.Placement) -> Preprocessing {
        var preprocessing = levels(width, height)
        preprocessing.fit = .letterbox(placement, .mean)
        return preprocessing
    }

    @Test("going to the input and back is where one was, for random sizes")
    func inverses() {
        var random = Seeded(state: 3)
        for _ in 0..<2000 {
            let (width, height) = (Int.random(in: 1...32768, using: &random), Int.random(in: 1...32768, using: &random))
            var preprocessing = letterbox(
                Int.random(in: 1...1000, using: &random), Int.random(in: 1...1000, using: &random),
                Bool.random(using: &random) ? .centred : .topLeft)
            if Bool.random(using: &random) { preprocessing.fit = .stretch }
            let mapping = InputMapping(sourceWidth: width, sourceHeight: height, preprocessing: preprocessing)
            let x = Float.random(in: -10...Float(width), using: &random)
            let y = Float.random(in: -10...Float(height), using: &random)
            let there = mapping.toInput(x, y)
            let back = mapping.toSource(there.x, there.y)
            // Half a float's step in the input, seen from the source.
            #expect(abs(back.x - x) <= (abs(there.x) + mapping.offsetX).ulp * 2 / mapping.scaleX + x.ulp)
            #expect(abs(back.y - y) <= (abs(there.y) + mapping.offsetY).ulp * 2 / mapping.scaleY + y.ulp)
            // The picture's far corner is the far corner of what was sampled, inside the input.
            let corner = mapping.toInput(Float(width), Float(height))
            #expect(abs(corner.x - mapping.offsetX - Float(mapping.resizedWidth)) < 1e-3)
            #expect(abs(corner.y - mapping.offsetY - Float(mapping.resizedHeight)) < 1e-3)
            #expect(mapping.resizedWidth >= 1 && mapping.resizedHeight >= 1)
            #expect(Int(mapping.offsetX) + mapping.resizedWidth <= preprocessing.inputWidth)
            #expect(Int(mapping.offsetY) + mapping.resizedHeight <= preprocessing.inputHeight)
        }
    }

    @Test("640x480 in 300x300 is 300x225, at the top or 37 rows down")
    func camera() {
        let top = InputMapping(sourceWidth: 640, sourceHeight: 480, preprocessing: letterbox(300, 300, .topLeft))
        #expect(top.resizedWidth == 300 && top.resizedHeight == 225 && top.offsetX == 0 && top.offsetY == 0)
        #expect(top.scaleX == 0.46875 && top.scaleY == 0.46875)
        let centred = InputMapping(sourceWidth: 640, sourceHeight: 480, preprocessing: letterbox(300, 300, .centred))
        #expect(centred.offsetX == 0 && centred.offsetY == 37)
    }

    @Test("a side never becomes 0, and halves round up")
    func extremes() {
        let thin = InputMapping(sourceWidth: 1, sourceHeight: 10000, preprocessing: letterbox(300, 300, .topLeft))
        #expect(thin.resizedWidth == 1 && thin.resizedHeight == 300)
        #expect(thin.scaleX == 1 && thin.scaleY == 0.03)
        let half = InputMapping(sourceWidth: 100, sourceHeight: 25, preprocessing: letterbox(10, 10, .topLeft))
        #expect(half.resizedHeight == 3)
    }
}
