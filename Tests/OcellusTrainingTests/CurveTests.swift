// The curve's picture: what a look at it cannot guard.
import Foundation
import OcellusFiles
import OcellusImage
import OcellusTraining
import Testing

struct CurveTests {
    /// A run as runs go: noise, decay, a metric now and then.
    static func run(_ steps: Int) -> [HistoryRow] {
        var noise: UInt64 = 9
        return (1...max(steps, 1)).map { step in
            noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let factor = 0.7 + 0.6 * Float(noise >> 40) / Float(1 << 24)
            let fall = exp(-Float(step) / Float(steps) * 4)
            var row = HistoryTests.row(step)
            row.loss.classification = (2.6 * fall + 0.25) * factor
            row.loss.boxes = (1.6 * fall + 0.3) * factor
            row.loss.landmarks = (2.2 * fall + 0.12) * factor
            row.loss.total = row.loss.classification + row.loss.boxes + row.loss.landmarks
            if step % max(1, steps / 12) == 0 { row.metric = 0.86 * (1 - exp(-5 * Float(step) / Float(steps))) }
            return row
        }
    }

    @Test("every history with a row can be drawn, also one that diverged")
    func draws() throws {
        var broken = CurveTests.run(5)
        broken[3].loss.total = .nan
        broken[4].loss.classification = .infinity
        broken[4].metric = .nan
        var zero = Array(CurveTests.run(3))
        for index in zero.indices { zero[index].loss = LossParts() }
        // What a start model with numbers beyond all reason gives.
        let enormous = CurveTests.run(4).map { row in
            var row = row
            (row.loss.classification, row.loss.boxes, row.loss.total) = (7e9, 1e13, 1e13)
            return row
        }
        for rows in [CurveTests.run(1), broken, zero, enormous, CurveTests.run(5000)] {
            let image = try CurveDrawing.draw(rows, title: "run", width: 480, height: 360)
            let pixels = withExtendedLifetime(image) { Set(image.pixels.elements) }
            #expect(pixels.count > 20)
        }
        expectError("a curve of 0 rows") { _ = try CurveDrawing.draw([], title: "run") }
    }

    @Test("the curve is written as a picture")
    func writes() throws {
        let named = ProcessInfo.processInfo.environment["OCELLUS_CURVE"]
        try CheckpointTests.withFolder { folder in
            let path = named ?? folder.appending(path: "curve.png").path
            try CurveDrawing.write(CurveTests.run(2400), title: "faces, from scratch", metricName: "mAP@0.5", to: path)
            let image = try PictureFile.read(path: path)
            #expect(image.width == 1200 && image.height == 800)
        }
    }
}
