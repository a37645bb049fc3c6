// One canvas in the making: pictures are warped onto it, their objects noted with where they can be seen; at the end
// the rules say which objects count. What goes where is decided elsewhere.
import OcellusDetection
import OcellusImage
import OcellusTensor

struct CanvasPainter {
    /// The plain size first.
    let canvases: [PaintedCanvas]
    private(set) var objects: [PlacedObject] = []
    /// Where pictures that were chosen for having no object and plain rectangles lie. Nothing with an object is ever painted
    /// over them.
    private(set) var emptyAreas: [Box] = []

    /// An object on the canvas, not clipped, with the part of the canvas its picture shows in.
    struct PlacedObject {
        var truth: GroundTruth
        var window: Box
        /// Pasted over it later.
        var covers: [Box] = []

        /// The share of the box that is seen. Covers that overlap each other count twice.
        var seenShare: Float {
            let visible = truth.box.shared(with: window)
            let hidden = covers.reduce(Float(0)) { $0 + visible.shared(with: $1).area }
            return truth.box.area > 0 ? max(0, visible.area - hidden) / truth.box.area : 0
        }
    }

    /// With a `detail`, what is painted is drawn so many times as large too.
    init(width: Int, height: Int, detail: Float? = nil) throws(OcellusError) {
        var canvases = [try PaintedCanvas(width: width, height: height)]
        if let detail { canvases.append(try PaintedCanvas(width: width, height: height, scale: detail)) }
        self.canvases = canvases
    }

    var whole: CanvasPart { CanvasPart(left: 0, top: 0, right: image.width, bottom: image.height) }

    /// The canvas at its plain size.
    var image: RGBImage { canvases[0].image }

    /// The same canvas drawn larger; nil unless it was asked for.
    var detailed: RGBImage? { canvases.count > 1 ? canvases[1].image : nil }

    func fill(_ part: CanvasPart, _ colour: SIMD3<UInt8>) {
        for canvas in canvases { canvas.fill(part, colour) }
    }

    mutating func add(_ truths: [GroundTruth], map: AffineMap, isFlipped: Bool, window: Box) {
        for truth in truths {
            objects.append(PlacedObject(truth: truth.mapped(by: map, isFlipped: isFlipped), window: window))
        }
    }

    /// Whether something pasted over `part` leaves every object seen enough.
    func allows(_ part: CanvasPart, mostHidden: Float) -> Bool {
        objects.allSatisfy { object in
            var covered = object
            covered.covers.append(part.box)
            return object.truth.box.shared(with: part.box).area == 0 || covered.seenShare >= 1 - mostHidden
        }
    }

    /// Notes that what lies in `part` now has no object in it.
    mutating func markEmpty(_ part: CanvasPart) { emptyAreas.append(part.box) }

    mutating func cover(_ part: CanvasPart) {
        for index in objects.indices where objects[index].truth.box.shared(with: part.box).area > 0 {
            objects[index].covers.append(part.box)
        }
    }

    func labels(_ rules: IgnoringRules) -> SampleLabels { SampleLabels(truths(rules), emptyAreas: emptyAreas) }

    /// The objects that can be seen, clipped to what is seen of them, ignored where the rules say so.
    func truths(_ rules: IgnoringRules) -> [GroundTruth] {
        objects.compactMap { object in
            var truth = object.truth
            let visible = truth.box.shared(with: object.window)
            guard visible.width >= 1, visible.height >= 1 else { return nil }
            let centre = Point(x: truth.box.centreX, y: truth.box.centreY)
            let hasCentre = object.window.contains(centre) && !object.covers.contains { $0.contains(centre) }
            truth.box = visible
            if min(visible.width, visible.height) < rules.smallestSide || rules.needsCentre && !hasCentre
                || object.seenShare < rules.smallestSeenShare
            {
                truth.isIgnored = true
            }
            if let points = truth.landmarks,
                (0..<Landmarks.count).contains(where: { !object.window.contains(points[$0]) })
            {
                truth.landmarks = nil
            }
            return truth
        }
    }
}
