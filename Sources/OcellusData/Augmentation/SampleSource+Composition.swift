// Composed canvases: one picture or a mosaic, objects at chosen heights, and things that are no object over them.
import Glibc
import OcellusDetection
import OcellusTensor

extension SampleSource {
    func compose(
        _ settings: CompositionSettings, on painter: inout CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        let kind = random.uniform()
        if kind < settings.emptyShare, let empty = pools.emptyPicture(&random) {
            try paintGround(on: painter, &random)
            try placeOne(empty, settings, settings.coverShare, into: painter.whole, on: &painter, &random)
        } else if kind < settings.emptyShare + settings.mosaicShare {
            try paintMosaic(settings, on: &painter, &random)
        } else if let index = pools.labelledPicture(forMosaic: false, &random) ?? pools.emptyPicture(&random) {
            try paintGround(on: painter, &random)
            try placeOne(index, settings, settings.coverShare, into: painter.whole, on: &painter, &random)
        }
        if random.chance(settings.pastedShare) { try paste(settings, on: &painter, &random) }
    }

    /// The mean, a colour, or a picture without objects.
    private func paintGround(on painter: CanvasPainter, _ random: inout SeededRandom) throws(OcellusError) {
        let kind = random.index(3)
        if kind == 2, let index = pools.emptyPicture(&random) {
            let picture = pictures[index]
            let size = try store.size(picture)
            let scale = max(Float(inputWidth) / Float(size.width), Float(inputHeight) / Float(size.height))
            let map = AffineMap(
                centre: Point(x: Float(size.width) / 2, y: Float(size.height) / 2),
                target: Point(x: Float(inputWidth) / 2, y: Float(inputHeight) / 2), scaleX: scale, scaleY: scale)
            try paint(picture, size, map, into: painter.whole, on: painter, &random)
        } else {
            painter.fill(painter.whole, kind == 0 ? meanLevels : SampleSource.anyColour(&random))
        }
    }

    var meanLevels: SIMD3<UInt8> {
        let limited = ground.clamped(lowerBound: SIMD3(0, 0, 0), upperBound: SIMD3(255, 255, 255))
        return SIMD3<UInt8>(limited, rounding: .toNearestOrAwayFromZero)
    }

    static func anyColour(_ random: inout SeededRandom) -> SIMD3<UInt8> {
        let word = random.next()
        return SIMD3(UInt8(word & 255), UInt8(word >> 8 & 255), UInt8(word >> 16 & 255))
    }

    /// A picture with one of its objects, drawn at random, at a height drawn at random.
    private func placeOne(
        _ index: Int, _ settings: CompositionSettings, _ coverShare: Float, into part: CanvasPart,
        on painter: inout CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        let picture = pictures[index]
        let size = try store.size(picture)
        let (ratioX, ratioY) = (Float(part.width) / Float(size.width), Float(part.height) / Float(size.height))
        let (fitting, covering) = (min(ratioX, ratioY), max(ratioX, ratioY))
        let chosen = picture.drawnTruth(&random)?.box
        let placesWhole = random.chance(settings.wholeShare)
        var scale = fitting * random.uniform(settings.wholeScale)
        if let chosen, !placesWhole {
            let isLarge = chosen.height > settings.largeObjectShare * Float(size.height)
            let share =
                settings.largestHeights.isEmpty
                ? 0.95 : settings.largestHeights[random.index(settings.largestHeights.count)]
            let largest = share * Float(part.height)
            let smallest = min(
                isLarge ? settings.smallestLargeHeight : settings.smallestHeight, 0.7 * Float(part.height))
            scale = random.logUniform(smallest, max(smallest, largest)) / max(1, chosen.height)
        }
        if random.chance(coverShare) { scale = max(scale, covering) }
        scale = min(scale, settings.mostEnlargement)
        let stretch = settings.stretch > 0 ? exp(random.normal() * settings.stretch / 2) : 1
        let aim = Aim(scaleX: scale * stretch, scaleY: scale / stretch, focus: placesWhole ? nil : chosen)
        try place(picture, size: size, aim: aim, into: part, on: &painter, &random)
    }

    private func paintMosaic(
        _ settings: CompositionSettings, on painter: inout CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        try paintGround(on: painter, &random)
        let mosaic = settings.mosaic
        let smaller = Float(min(inputWidth, inputHeight))
        let grids = mosaic.grids.filter { $0.cells >= 1 && smaller / Float($0.cells) >= mosaic.smallestCell }
        let cells = grids.isEmpty ? 2 : grids[random.index(weights: grids.map(\.weight))].cells
        let columns = SampleSource.lines(cells, over: inputWidth, jitter: mosaic.jitter, &random)
        let rows = SampleSource.lines(cells, over: inputHeight, jitter: mosaic.jitter, &random)
        for row in 0..<cells {
            for column in 0..<cells {
                let part = CanvasPart(
                    left: columns[column], top: rows[row], right: columns[column + 1], bottom: rows[row + 1])
                let wantsEmpty = random.chance(mosaic.emptyShare)
                let empty = wantsEmpty ? pools.emptyPicture(&random) : nil
                guard let index = empty ?? pools.labelledPicture(forMosaic: true, &random) else { continue }
                try placeOne(index, settings, mosaic.coverShare, into: part, on: &painter, &random)
            }
        }
    }

    /// `cells + 1` positions from 0 to `length`, those between moved by up to `jitter` of a cell.
    private static func lines(
        _ cells: Int, over length: Int, jitter: Float, _ random: inout SeededRandom
    ) -> [Int] {
        let cell = Float(length) / Float(cells)
        let reach = min(max(jitter, 0), 0.45) * cell
        return (0...cells).map { line in
            let moved = Float(line) * cell + (line == 0 || line == cells ? 0 : random.uniform(-reach, reach))
            return line == cells ? length : min(length, max(0, Int(moved.rounded())))
        }
    }
}
