// One chart on a canvas: ground, grid, labels, lines. What is shown is CurveDrawing's business.
import OcellusDrawing

/// Colours of charts, on white.
enum CurveColours {
    static let ground = Colour(255, 255, 255)
    static let panel = Colour(247, 249, 251)
    static let grid = Colour(226, 231, 237)
    static let axis = Colour(150, 160, 172)
    static let text = Colour(40, 48, 58)
    static let faintText = Colour(104, 116, 130)
    static let total = Colour(28, 36, 48)
    static let classification = Colour(36, 110, 214)
    static let boxes = Colour(226, 122, 20)
    static let landmarks = Colour(18, 150, 110)
    static let distillation = Colour(140, 84, 204)
    static let metric = Colour(206, 44, 88)
}

/// A rectangle of a canvas, in pixels, with its two axes.
struct CurvePanel {
    let canvas: Canvas
    let left: Float
    let top: Float
    let right: Float
    let bottom: Float
    let across: CurveScale
    let up: CurveScale
    let font: StrokeFont

    func x(_ value: Double) -> Float { left + Float(across.place(value)) * (right - left) }

    func y(_ value: Double) -> Float { bottom - Float(up.place(value)) * (bottom - top) }

    /// Ground, grid and the labels of both axes; those of the steps only when `labelsSteps`.
    func drawFrame(title: String, labelsSteps: Bool) {
        canvas.fillRectangle(left: left, top: top, right: right, bottom: bottom, radius: 3, colour: CurveColours.panel)
        for mark in up.marks {
            let height = y(mark).rounded() + 0.5
            canvas.line(fromX: left, y: height, toX: right, y: height, width: 1, colour: CurveColours.grid)
            let label = CurveScale.label(mark).utf8
            font.draw(
                label, on: canvas, x: Int(left) - 10 - font.width(of: label),
                baseline: Int(height) + font.capHeight / 2,
                colour: CurveColours.faintText)
        }
        for mark in across.marks {
            let column = x(mark).rounded() + 0.5
            canvas.line(fromX: column, y: top, toX: column, y: bottom, width: 1, colour: CurveColours.grid)
            guard labelsSteps else { continue }
            let label = CurveScale.label(mark).utf8
            font.draw(
                label, on: canvas, x: Int(column) - font.width(of: label) / 2,
                baseline: Int(bottom) + 10 + font.capHeight,
                colour: CurveColours.faintText)
        }
        canvas.line(fromX: left, y: bottom, toX: right, y: bottom, width: 1.5, colour: CurveColours.axis)
        font.draw(title.utf8, on: canvas, x: Int(left), baseline: Int(top) - 10, colour: CurveColours.text)
    }

    /// A line through points (step, value), those that are not finite left out.
    func drawLine(_ points: [(step: Double, value: Double)], width: Float, colour: Colour) {
        var last: (x: Float, y: Float)?
        for point in points where point.value.isFinite {
            let next = (x: x(point.step), y: y(point.value))
            if let last {
                canvas.line(fromX: last.x, y: last.y, toX: next.x, y: next.y, width: width, colour: colour)
            }
            last = next
        }
    }

    /// Names with a stroke of their colour, right-aligned above the panel.
    func drawLegend(_ entries: [(name: String, colour: Colour)]) {
        var end = Int(right)
        for entry in entries.reversed() {
            let start = end - font.width(of: entry.name.utf8)
            let baseline = Int(top) - 10
            font.draw(entry.name.utf8, on: canvas, x: start, baseline: baseline, colour: CurveColours.text)
            let middle = Float(baseline) - Float(font.capHeight) / 2
            canvas.line(
                fromX: Float(start - 30), y: middle, toX: Float(start - 10), y: middle, width: 3.5, colour: entry.colour
            )
            end = start - 50
        }
    }
}
