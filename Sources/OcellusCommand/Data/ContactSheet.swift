// Samples side by side with their objects drawn in, for people to look at what a network is shown.
import OcellusData
import OcellusDetection
import OcellusDrawing
import OcellusImage
import OcellusTensor

struct ContactSheet {
    let image: RGBImage
    private let columns: Int
    private let cellWidth: Int
    private let cellHeight: Int
    private static let gap = 4

    init(columns: Int, rows: Int, cellWidth: Int, cellHeight: Int) throws(OcellusError) {
        self.columns = columns
        self.cellWidth = cellWidth
        self.cellHeight = cellHeight
        let gap = ContactSheet.gap
        image = try RGBImage(width: columns * (cellWidth + gap) + gap, height: rows * (cellHeight + gap) + gap)
    }

    /// Puts sample `index` (from 0, row by row) into its cell.
    func add(_ sample: Sample, at index: Int) {
        draw(sample.truths, on: Canvas(sample.image))
        let gap = ContactSheet.gap
        let left = gap + index % columns * (cellWidth + gap)
        let top = gap + index / columns * (cellHeight + gap)
        for y in 0..<min(cellHeight, sample.image.height, image.height - top) {
            let target = image.pixels.pointer + ((top + y) * image.width + left) * 3
            target.update(
                from: sample.image.pixels.pointer + y * sample.image.width * 3,
                count: min(cellWidth, sample.image.width) * 3)
        }
    }

    /// Objects in the colour of their class, those to be ignored thin and grey, difficult ones thin.
    private func draw(_ truths: [GroundTruth], on canvas: Canvas) {
        for truth in truths {
            let colour = truth.isIgnored ? Colour(150, 150, 150) : Palette.colour(label: truth.label)
            let box = truth.box
            canvas.strokeRectangle(
                left: box.left, top: box.top, right: box.right, bottom: box.bottom,
                lineWidth: truth.isIgnored || truth.isDifficult ? 1 : 1.8, colour: colour)
            guard let points = truth.landmarks else { continue }
            let radius = max(0.8, min(2.5, box.width * 0.03))
            for index in 0..<Landmarks.count {
                canvas.circle(
                    x: points[index].x, y: points[index].y, radius: radius, fill: Palette.landmarks[index],
                    outlineWidth: 0.6)
            }
        }
    }
}
