// A run as a picture: losses above, the metric below, over the steps.
import OcellusDrawing
import OcellusFiles
import OcellusImage
import OcellusTensor

/// Draws histories. Losses are smoothed and on a logarithmic axis: a run's second half is then as readable as its first.
public enum CurveDrawing {
    /// - Parameters:
    ///   - title: one line above the charts, such as the run's name.
    ///   - metricName: what the metric of the rows is, such as "mAP@0.5".
    ///   - width, height: of the picture, in pixels, at least 480x360.
    ///
    /// Throws `.invalidArgument` for a history without rows or a picture that is too small, `.outOfMemory`.
    public static func draw(
        _ rows: [HistoryRow], title: String, metricName: String = "mAP", width: Int = 1200, height: Int = 800
    ) throws(OcellusError) -> RGBImage {
        guard let last = rows.last, width >= 480, height >= 360 else {
            throw OcellusError(
                .invalidArgument, "a curve of \(rows.count) rows in \(width)x\(height) pixels: at least 1 and 480x360")
        }
        let image = try RGBImage(width: width, height: height)
        let canvas = Canvas(image)
        let size = (Float(width), Float(height))
        canvas.fillRectangle(left: -1, top: -1, right: size.0 + 1, bottom: size.1 + 1, colour: CurveColours.ground)
        let font = try StrokeFont(capHeight: 12)
        try StrokeFont(capHeight: 17).draw(title.utf8, on: canvas, x: 76, baseline: 42, colour: CurveColours.text)
        let steps = CurveScale(low: 0, high: Double(max(last.step, 1)), marks: 8, roundsUp: false)
        let measured = rows.compactMap { row in row.metric.map { (step: Double(row.step), value: Double($0)) } }
        let end = size.1 - 62
        let split = measured.isEmpty ? end : 92 + (end - 92) * 0.56
        let losses = CurvePanel(
            canvas: canvas, left: 76, top: 92, right: size.0 - 34, bottom: split, across: steps, up: lossScale(rows),
            font: font)
        losses.drawFrame(title: "loss per object", labelsSteps: measured.isEmpty)
        drawLosses(rows, on: losses)
        if !measured.isEmpty {
            let low = measured.map(\.value).min() ?? 0
            let panel = CurvePanel(
                canvas: canvas, left: 76, top: split + 58, right: size.0 - 34, bottom: end, across: steps,
                up: CurveScale(low: min(0, low), high: 1, marks: 5, roundsUp: true), font: font)
            panel.drawFrame(title: metricName, labelsSteps: true)
            drawMetric(measured, on: panel)
        }
        font.draw(
            "step".utf8, on: canvas, x: (76 + width - 34 - font.width(of: "step".utf8)) / 2, baseline: height - 16,
            colour: CurveColours.faintText)
        return image
    }

    /// Draws and writes a picture file, atomically. Throws also `.io`.
    public static func write(
        _ rows: [HistoryRow], title: String, metricName: String = "mAP", to path: String
    ) throws(OcellusError) {
        try PictureFile.write(draw(rows, title: title, metricName: metricName), path: path)
    }

    private static let parts: [(name: String, colour: Colour, value: @Sendable (LossParts) -> Float)] = [
        ("landmarks", CurveColours.landmarks, { $0.landmarks }),
        ("boxes", CurveColours.boxes, { $0.boxes }),
        ("classes", CurveColours.classification, { $0.classification }),
        ("teacher", CurveColours.distillation, { $0.distillation }),
        ("total", CurveColours.total, { $0.total }),
    ]

    private static func drawLosses(_ rows: [HistoryRow], on panel: CurvePanel) {
        let raw = rows.map { (step: Double($0.step), value: Double($0.loss.total)) }
        panel.drawLine(thinned(raw), width: 1, colour: CurveColours.total.withAlpha(40))
        var legend: [(name: String, colour: Colour)] = []
        for part in parts {
            let points = rows.map { (step: Double($0.step), value: Double(part.value($0.loss))) }
            // A part that the run does not have is not shown.
            guard points.contains(where: { $0.value > 0 }) else { continue }
            let isTotal = part.name == "total"
            panel.drawLine(thinned(smoothed(points)), width: isTotal ? 2.8 : 2, colour: part.colour)
            legend.insert((part.name, part.colour), at: 0)
        }
        panel.drawLegend(legend)
    }

    private static func drawMetric(_ points: [(step: Double, value: Double)], on panel: CurvePanel) {
        panel.drawLine(points, width: 2.8, colour: CurveColours.metric)
        for point in points where point.value.isFinite && points.count <= 80 {
            panel.canvas.circle(
                x: panel.x(point.step), y: panel.y(point.value), radius: 3.6, fill: CurveColours.metric,
                outline: .white, outlineWidth: 1.4)
        }
        guard let best = points.filter({ $0.value.isFinite }).max(by: { $0.value < $1.value }) else { return }
        panel.canvas.circle(
            x: panel.x(best.step), y: panel.y(best.value), radius: 4.5, fill: .white, outline: CurveColours.metric,
            outlineWidth: 2.6)
        let text = "best \(fixedPoint(best.value, digits: 3)) at step \(Int(best.step))"
        panel.drawLegend([(text, CurveColours.metric)])
    }

    /// Around the smoothed losses: single steps that leap out are cut off at the edge.
    private static func lossScale(_ rows: [HistoryRow]) -> CurveScale {
        var (low, high) = (Double.infinity, 0.0)
        for part in parts {
            let points = smoothed(rows.map { (step: Double($0.step), value: Double(part.value($0.loss))) })
            for point in points where point.value.isFinite && point.value > 1e-6 {
                (low, high) = (min(low, point.value), max(high, point.value))
            }
        }
        return CurveScale(logarithmic: high > 0 ? low...high : 0.1...1)
    }

    /// The running mean of each value, with a window that grows with the run.
    private static func smoothed(_ points: [(step: Double, value: Double)]) -> [(step: Double, value: Double)] {
        let share = 1 / max(1, Double(points.count) / 60)
        var (mean, seen) = (0.0, 0.0)
        return points.map { point in
            guard point.value.isFinite else { return point }
            seen += 1
            mean += max(share, 1 / seen) * (point.value - mean)
            return (point.step, mean)
        }
    }

    /// At most two thousand points: more than columns, few enough to draw at once.
    private static func thinned(_ points: [(step: Double, value: Double)]) -> [(step: Double, value: Double)] {
        let step = max(1, points.count / 2000)
        guard step > 1 else { return points }
        return points.indices.filter { $0 % step == 0 || $0 == points.count - 1 }.map { points[$0] }
    }
}
