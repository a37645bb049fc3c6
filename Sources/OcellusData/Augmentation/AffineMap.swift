// Where a point of a picture lies on the canvas: x' = a x + b y + c, y' = d x + e y + f. Coordinates are continuous,
// pixel i covers i to i + 1.
import Glibc
import OcellusDetection

struct AffineMap: Equatable {
    var a: Float = 1
    var b: Float = 0
    var c: Float = 0
    var d: Float = 0
    var e: Float = 1
    var f: Float = 0

    /// Scales by `scaleX`, `scaleY`, mirrors left and right when asked to, turns by `angle` (radians, clockwise as seen),
    /// all about `centre`, which comes to lie at `target`.
    init(
        centre: Point, target: Point, scaleX: Float, scaleY: Float, isFlipped: Bool = false, angle: Float = 0
    ) {
        let (cosine, sine) = angle == 0 ? (1, 0) : (cos(angle), sin(angle))
        let sx = isFlipped ? -scaleX : scaleX
        a = cosine * sx
        b = -sine * scaleY
        d = sine * sx
        e = cosine * scaleY
        c = target.x - a * centre.x - b * centre.y
        f = target.y - d * centre.x - e * centre.y
    }

    func callAsFunction(_ point: Point) -> Point {
        Point(x: a * point.x + b * point.y + c, y: d * point.x + e * point.y + f)
    }

    /// To a canvas that is so many times as large.
    func enlarged(by scale: Float) -> AffineMap {
        var map = self
        map.a *= scale
        map.b *= scale
        map.c *= scale
        map.d *= scale
        map.e *= scale
        map.f *= scale
        return map
    }

    /// How many canvas pixels a pixel of the picture becomes, along the axis that is enlarged most.
    var stretch: Float { max((a * a + d * d).squareRoot(), (b * b + e * e).squareRoot()) }

    /// From the canvas to the picture reduced by `scaleX`, `scaleY`, six numbers in the order of `ocd_warp`; nil when
    /// the map has no inverse that single precision can express.
    func inverse(scaleX: Float, scaleY: Float) -> [Float]? {
        let determinant = a * e - b * d
        guard determinant.isFinite, abs(determinant) > 1e-12 else { return nil }
        let (ia, ib, id, ie) = (e / determinant, -b / determinant, -d / determinant, a / determinant)
        let (ic, jf) = (-(ia * c + ib * f), -(id * c + ie * f))
        let numbers = [ia * scaleX, ib * scaleX, ic * scaleX, id * scaleY, ie * scaleY, jf * scaleY]
        return numbers.allSatisfy { abs($0) < 1e6 } ? numbers : nil
    }

    /// A box on the canvas. Turned, it is the box around the ellipse that filled the old one: the corners of a box
    /// around a head are not head, and a box around them would grow.
    func callAsFunction(_ box: Box) -> Box {
        let centre = self(Point(x: box.centreX, y: box.centreY))
        let (w, h) = (box.width, box.height)
        if b == 0, d == 0 {
            return Box(centreX: centre.x, centreY: centre.y, width: abs(a) * w, height: abs(e) * h)
        }
        return Box(
            centreX: centre.x, centreY: centre.y, width: (a * a * w * w + b * b * h * h).squareRoot(),
            height: (d * d * w * w + e * e * h * h).squareRoot())
    }
}
