// The student's input as YuNet takes it: levels (0...255) in the order BGR, enlarged when its teacher is to see more.
import OcellusDetection
import OcellusImage
import OcellusTensor

/// Turns a student's picture into the teacher's. Threads may share one.
struct EnlargedInput: Sendable {
    /// Sides of the enlarged picture, in pixels.
    let height: Int
    let width: Int
    /// Enlarged over own width.
    let enlargement: Float
    /// Numbers of one picture of the student.
    let sourceCount: Int
    private let sourceWidth: Int
    private let rows: [Neighbours]
    private let columns: [Neighbours]
    /// Of each channel of a pixel of the teacher: which one it is in the student's, and what makes a level of it.
    private let channels: [(own: Int, factor: Float, mean: Float)]

    /// The two pixels that one is sampled from, and the share of the second.
    private struct Neighbours {
        var first: Int
        var second: Int
        var share: Float
    }

    /// Throws `.invalidArgument` for an input larger than pictures may be.
    init(_ input: Preprocessing, enlargement: Float) throws(OcellusError) {
        height = Int((Float(input.inputHeight) * enlargement).rounded())
        width = Int((Float(input.inputWidth) * enlargement).rounded())
        guard max(height, width) <= ImageView.sideLimit else {
            throw OcellusError(
                .invalidArgument,
                "a teacher that sees pictures of \(width)x\(height): expected sides of at most \(ImageView.sideLimit)")
        }
        self.enlargement = Float(width) / Float(input.inputWidth)
        sourceCount = input.inputHeight * input.inputWidth * 3
        sourceWidth = input.inputWidth
        rows = EnlargedInput.neighbours(input.inputHeight, of: height)
        columns = EnlargedInput.neighbours(input.inputWidth, of: width)
        let order = input.channelOrder == .bgr ? [0, 1, 2] : [2, 1, 0]
        channels = order.map { ($0, 1 / input.scale[$0], input.mean[$0]) }
    }

    /// Bilinear, centres of pixels at halves, as cameras' pictures are brought to a network's size.
    private static func neighbours(_ source: Int, of target: Int) -> [Neighbours] {
        (0..<target).map { index in
            let place = (Float(index) + 0.5) * Float(source) / Float(target) - 0.5
            let first = min(max(0, Int(place.rounded(.down))), source - 1)
            return Neighbours(
                first: first, second: min(first + 1, source - 1), share: min(max(0, place - Float(first)), 1))
        }
    }

    /// Writes a picture at the top left of a frame, the student's mean around it.
    func write(
        _ source: UnsafePointer<Float>, into frame: UnsafeMutablePointer<Float>, height frameHeight: Int,
        width frameWidth: Int
    ) {
        for y in 0..<frameHeight {
            let target = frame + y * frameWidth * 3
            if y < height { writeRow(rows[y], source, target) }
            for x in (y < height ? width : 0)..<frameWidth {
                for (channel, kind) in channels.enumerated() { target[3 * x + channel] = kind.mean }
            }
        }
    }

    private func writeRow(
        _ row: Neighbours, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>
    ) {
        let upper = source + row.first * sourceWidth * 3
        let lower = source + row.second * sourceWidth * 3
        for (channel, kind) in channels.enumerated() {
            for (x, column) in columns.enumerated() {
                let (first, second) = (3 * column.first + kind.own, 3 * column.second + kind.own)
                let above = upper[first] + (upper[second] - upper[first]) * column.share
                let below = lower[first] + (lower[second] - lower[first]) * column.share
                target[3 * x + channel] = (above + (below - above) * row.share) * kind.factor + kind.mean
            }
        }
    }
}
