// Pictures with rectangles as objects, made by integers alone: Tests/References/training_pictures.py describes them.
// Byte for byte the same.

/// A square picture of three channels and the objects in it, in pixels.
public struct FormulaPicture: Sendable {
    public struct Object: Sendable, Equatable {
        /// 1 or more; 0 would be the background.
        public var label: Int
        public var left: Int
        public var top: Int
        public var width: Int
        public var height: Int
        /// Five points, or none.
        public var points: [(x: Int, y: Int)]

        public static func == (a: Object, b: Object) -> Bool {
            (a.label, a.left, a.top, a.width, a.height) == (b.label, b.left, b.top, b.width, b.height)
                && a.points.elementsEqual(b.points, by: ==)
        }
    }

    /// [size, size, 3]
    public private(set) var pixels: [UInt8]
    public private(set) var objects: [Object] = []
    public let size: Int

    /// `classes` counts the background; `smallest` is the least side of an object.
    public init(_ index: Int, size: Int, classes: Int, smallest: Int) {
        self.size = size
        var generator = SeededGenerator(seed: UInt64(index))
        func draw(_ limit: Int) -> Int { Int((generator.next() >> 33) % UInt64(limit)) }
        let base = [draw(256), draw(256), draw(256)]
        let (down, right) = (draw(4), draw(4))
        pixels = [UInt8](repeating: 0, count: size * size * 3)
        for h in 0..<size {
            for w in 0..<size {
                let ground = (down * h + right * w) / 8 + h * w % 17
                for c in 0..<3 { pixels[(h * size + w) * 3 + c] = UInt8((base[c] + ground) % 256) }
            }
        }
        for _ in 0..<draw(4) {
            let label = 1 + draw(classes - 1)
            let width = smallest + 2 * draw(size / 4)
            let height = max(smallest, width * (5 + draw(8)) / 8 | 1)
            let left = draw(size - width + 1)
            let top = draw(size - height + 1)
            let hasLandmarks = draw(3) != 0
            let colour = [(37, 50), (91, 100), (151, 150)].map { (label * $0.0 + $0.1) % 256 }
            fill(left..<left + width, top..<top + height, colour)
            let points = [(3, 4), (7, 4), (5, 6), (3, 8), (7, 8)]
                .map { (x: left + width * $0.0 / 10, y: top + height * $0.1 / 10) }
            let side = max(1, min(width, height) / 8)
            for point in points {
                let (x, y) = (point.x - side / 2, point.y - side / 2)
                fill(x..<x + side, y..<y + side, colour.map { 255 - $0 })
            }
            objects.append(
                Object(
                    label: label, left: left, top: top, width: width, height: height,
                    points: hasLandmarks ? points : []))
        }
    }

    private mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ colour: [Int]) {
        for h in rows {
            for w in columns {
                for c in 0..<3 { pixels[(h * size + w) * 3 + c] = UInt8(colour[c]) }
            }
        }
    }
}
