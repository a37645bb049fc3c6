// Curves in a frame with numbers at its edges: losses over steps, precision over recall. Drawn with our own canvas and
// lettering; it chooses neither what is shown nor where it is written to.
import OcellusImage
import OcellusTensor

/// A plot of lines over two linear axes.
public struct LinePlot {
    /// One line.
    public struct Series {
        public var name: String
        public var points: [(x: Double, y: Double)]
        public var colour: Colour

        public init(name: String, points: [(x: Double, y: Double)], colour: Colour) {
            self.name = name
            self.points = points
            self.colour = colour
        }
    }

    /// Colours of lines on the plot's white ground, by number; they begin again at the end.
    public static func colour(_ index: Int) -> Colour {
        let colours = [
            Colour(38, 92, 200), Colour(214, 69, 40), Colour(24, 140, 88), Colour(140, 76, 190), Colour(196, 136, 0),
            Colour(0, 146, 170), Colour(200, 44, 130), Colour(96, 96, 104),
        ]
        return colours[((index % colours.count) + colours.count) % colours.count]
    }

    public var title: String
    public var xName: String
    public var yName: String
    public var series: [Series]
    /// Nil fits the axis to the points.
    public var xRange: ClosedRange<Double>?
    /// Nil fits the axis to the points, 0 included.
    public var yRange: ClosedRange<Double>?

    public init(
        title: String, xName: String, yName: String, series: [Series], xRange: ClosedRange<Double>? = nil,
        yRange: ClosedRange<Double>? = nil
    ) {
        self.title = title
        self.xName = xName
        self.yName = yName
        self.series = series
        self.xRange = xRange
        self.yRange = yRange
    }

    /// The plot as a picture of at least 240x180 pixels. Points that are not finite interrupt their line.
    ///
    /// Throws `.invalidArgument` for a size that is too small or too large, `.outOfMemory`.
    public func drawn(width: Int = 800, height: Int = 560) throws(OcellusError) -> RGBImage {
        guard width >= 240, height >= 180 else {
            throw OcellusError(.invalidArgument, "a plot of \(width)x\(height) pixels: must be at least 240x180")
        }
        let image = try RGBImage(width: width, height: height)
        let canvas = Canvas(image)
        canvas.fillRectangle(
            left: -1, top: -1, right: Float(width) + 1, bottom: Float(height) + 1, colour: .white)
        let font = try StrokeFont(capHeight: 10)
        let horizontal = Axis(
            range: xRange ?? LinePlot.range(series.flatMap { $0.points.map(\.x) }), from: 64, to: Float(width) - 24)
        let vertical = Axis(
            range: yRange ?? LinePlot.range([0] + series.flatMap { $0.points.map(\.y) }), from: Float(height) - 52,
            to: 54)
        drawGrid(canvas, font, horizontal, vertical)
        for line in series { draw(line, canvas, horizontal, vertical) }
        drawNames(canvas, font, horizontal, vertical)
        return image
    }

    private func drawGrid(_ canvas: Canvas, _ font: StrokeFont, _ horizontal: Axis, _ vertical: Axis) {
        let (faint, text) = (Colour(222, 224, 228), Colour(90, 94, 102))
        for value in horizontal.ticks {
            let x = horizontal.place(value)
            canvas.line(fromX: x, y: vertical.from, toX: x, y: vertical.to, width: 1, colour: faint)
            let label = Axis.text(value, step: horizontal.step).utf8
            font.draw(
                label, on: canvas, x: Int(x) - font.width(of: label) / 2, baseline: Int(vertical.from) + 18,
                colour: text)
        }
        for value in vertical.ticks {
            let y = vertical.place(value)
            canvas.line(fromX: horizontal.from, y: y, toX: horizontal.to, y: y, width: 1, colour: faint)
            let label = Axis.text(value, step: vertical.step).utf8
            font.draw(
                label, on: canvas, x: Int(horizontal.from) - 8 - font.width(of: label), baseline: Int(y) + 5,
                colour: text)
        }
    }

    private func draw(_ line: Series, _ canvas: Canvas, _ horizontal: Axis, _ vertical: Axis) {
        var last: (x: Float, y: Float)?
        for point in line.points {
            guard point.x.isFinite, point.y.isFinite else {
                last = nil
                continue
            }
            let place = (x: horizontal.place(point.x), y: vertical.place(point.y))
            if let last {
                canvas.line(fromX: last.x, y: last.y, toX: place.x, y: place.y, width: 1.8, colour: line.colour)
            } else {
                canvas.circle(x: place.x, y: place.y, radius: 1.2, fill: line.colour)
            }
            last = place
        }
    }

    private func drawNames(_ canvas: Canvas, _ font: StrokeFont, _ horizontal: Axis, _ vertical: Axis) {
        font.draw(title.utf8, on: canvas, x: 12, baseline: 22, colour: .ink)
        let middle = Int((horizontal.from + horizontal.to) / 2) - font.width(of: xName.utf8) / 2
        font.draw(xName.utf8, on: canvas, x: middle, baseline: canvas.height - 10, colour: .ink)
        font.draw(yName.utf8, on: canvas, x: 12, baseline: Int(vertical.to) - 10, colour: .ink)
        guard series.count > 1 || series.first?.name.isEmpty == false else { return }
        // Names stand where a falling curve leaves room: at the lower left.
        let names = series.prefix(20)
        var baseline = Int(vertical.from) - 12 - (names.count - 1) * 17
        let left = Int(horizontal.from) + 14
        let width = names.map { font.width(of: $0.name.utf8) }.max() ?? 0
        canvas.fillRectangle(
            left: Float(left) - 6, top: Float(baseline) - 15, right: Float(left + 30 + width),
            bottom: vertical.from - 4, radius: 4, colour: .white.withAlpha(215))
        for line in names {
            canvas.line(
                fromX: Float(left), y: Float(baseline) - 5, toX: Float(left) + 16, y: Float(baseline) - 5, width: 3,
                colour: line.colour)
            font.draw(line.name.utf8, on: canvas, x: left + 24, baseline: baseline, colour: .ink)
            baseline += 17
        }
    }

    /// The smallest range of all finite values, widened where it is a point.
    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return 0...1 }
        return low < high ? low...high : low...(low + 1)
    }
}
