// SSD's crops: a part of the picture that keeps objects, or a larger ground with the picture on it, brought to the
// network's size. One warp does both.
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusTensor

extension SampleSource {
    func paintCrop(
        _ settings: CropSettings, _ picture: LabelledPicture, on painter: inout CanvasPainter,
        _ random: inout SeededRandom
    ) throws(OcellusError) {
        let size = try store.size(picture)
        painter.fill(painter.whole, meanLevels)
        var region = SampleSource.zoomedOut(settings, size, &random)
        if random.chance(settings.cropProbability) {
            region = SampleSource.crop(settings, of: region, picture.truths.map(\.box), &random)
        }
        let isFlipped = random.chance(augmentation.flipProbability)
        let angle =
            random.chance(augmentation.turnProbability) ? random.normal() * augmentation.turnDegrees * .pi / 180 : 0
        let (part, scaleX, scaleY) = target(of: region)
        let map = AffineMap(
            centre: Point(x: region.centreX, y: region.centreY),
            target: Point(x: part.box.centreX, y: part.box.centreY), scaleX: scaleX, scaleY: scaleY,
            isFlipped: isFlipped, angle: angle)
        try paint(picture, size, map, into: part, on: painter, &random)
        painter.add(picture.truths.inside(size), map: map, isFlipped: isFlipped, window: part.box)
    }

    /// The part of the canvas that a region of the picture fills, and the scale that brings it there.
    private func target(of region: Box) -> (part: CanvasPart, scaleX: Float, scaleY: Float) {
        let (width, height) = (max(1, region.width), max(1, region.height))
        let (ratioX, ratioY) = (Float(inputWidth) / width, Float(inputHeight) / height)
        guard case .letterbox(let placement, _) = fit else {
            return (CanvasPart(left: 0, top: 0, right: inputWidth, bottom: inputHeight), ratioX, ratioY)
        }
        let scale = min(ratioX, ratioY)
        let partWidth = min(inputWidth, max(1, Int((width * scale).rounded())))
        let partHeight = min(inputHeight, max(1, Int((height * scale).rounded())))
        let left = placement == .centred ? (inputWidth - partWidth) / 2 : 0
        let top = placement == .centred ? (inputHeight - partHeight) / 2 : 0
        return (
            CanvasPart(left: left, top: top, right: left + partWidth, bottom: top + partHeight),
            Float(partWidth) / width, Float(partHeight) / height
        )
    }

    /// The whole picture, or a region around it that is up to `zoomOutMost` times as wide and high.
    private static func zoomedOut(_ settings: CropSettings, _ size: PixelSize, _ random: inout SeededRandom) -> Box {
        let (width, height) = (Float(size.width), Float(size.height))
        guard random.chance(settings.zoomOutProbability) else {
            return Box(left: 0, top: 0, right: width, bottom: height)
        }
        let factor = random.uniform(1, max(1, settings.zoomOutMost))
        let left = -random.uniform() * width * (factor - 1)
        let top = -random.uniform() * height * (factor - 1)
        return Box(left: left, top: top, right: left + width * factor, bottom: top + height * factor)
    }

    /// A part of `region` that overlaps an object enough and has the centre of one inside; `region` when none is found.
    private static func crop(
        _ settings: CropSettings, of region: Box, _ objects: [Box], _ random: inout SeededRandom
    ) -> Box {
        let smallest =
            settings.smallestOverlaps.isEmpty
            ? 0 : settings.smallestOverlaps[random.index(settings.smallestOverlaps.count)]
        for _ in 0..<max(0, settings.attempts) {
            let width = region.width * random.uniform(settings.side)
            let height = region.height * random.uniform(settings.side)
            let aspect = (width / region.width) / (height / region.height)
            guard settings.aspect ~= aspect else { continue }
            let left = region.left + random.uniform() * (region.width - width)
            let top = region.top + random.uniform() * (region.height - height)
            let part = Box(left: left, top: top, right: left + width, bottom: top + height)
            if objects.isEmpty { return part }
            let keepsOne = objects.contains { object in
                part.contains(Point(x: object.centreX, y: object.centreY))
                    && part.intersectionOverUnion(object) >= smallest
            }
            if keepsOne { return part }
        }
        return region
    }
}
