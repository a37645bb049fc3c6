// Augmented samples: reproducible, and objects where their pixels are.
import CDataKernels
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusTensor
import Testing

@testable import OcellusData

struct AugmentationTests {
    private let folder: DataFolder

    init() throws { folder = try DataFolder() }

    /// Pictures in which the object is a pure red rectangle on grey with five green points, and one without.
    private func dataset(count: Int = 4) throws -> Dataset {
        var list = ""
        for index in 0..<count {
            let image = try RGBImage(width: 160, height: 120)
            for i in 0..<image.pixels.count { image.pixels.pointer[i] = 90 }
            let (left, top, width, height) = (40 + index * 8, 30, 40, 50)
            for y in top..<(top + height) {
                for x in left..<(left + width) {
                    let pixel = image.pixels.pointer + (y * 160 + x) * 3
                    (pixel[0], pixel[1], pixel[2]) = (250, 20, 20)
                }
            }
            try folder.write("images/\(index).png", try PictureFile.encode(image, .png))
            let points = [(10, 10), (30, 12), (20, 25), (12, 40), (28, 38)].map { "\(left + $0.0) \(top + $0.1) 0" }
            list += "# \(index).png\n\(left) \(top) \(width) \(height) \(points.joined(separator: " ")) 1\n"
        }
        try folder.write("images/empty.png", try PictureFile.encode(try gradient(100, 100), .png))
        try folder.write("label_train.txt", list + "# empty.png\n")
        return try Dataset.read(folder.path)
    }

    /// Geometry alone: no colour changes, so that red stays red.
    private func geometry(_ arrangement: Augmentation.Arrangement, turned: Bool = false) -> Augmentation {
        var settings = Augmentation(arrangement)
        settings.colour.toneProbability = 0
        settings.colour.saturationProbability = 0
        settings.colour.greyProbability = 0
        settings.degradation = DegradationSettings(blurProbability: 0, jpegProbability: 0, noiseProbability: 0)
        settings.turnProbability = turned ? 1 : 0
        settings.samplingWeights = [0, 1, 0]
        return settings
    }

    private static func isRed(_ image: RGBImage, _ x: Int, _ y: Int) -> Bool {
        guard x >= 0, y >= 0, x < image.width, y < image.height else { return false }
        let pixel = image.pixels.pointer + (y * image.width + x) * 3
        // Grounds of any colour are not this red.
        return abs(Int(pixel[0]) - 250) < 8 && abs(Int(pixel[1]) - 20) < 8 && abs(Int(pixel[2]) - 20) < 8
    }

    @Test(
        "boxes lie on their objects after crops, zoom-outs, mosaics and flips: red inside to the edges",
        arguments: [true, false])
    func geometry(isComposed: Bool) throws {
        var composition = CompositionSettings()
        (composition.pastedShare, composition.stretch) = (0, 0.3)
        let settings = geometry(isComposed ? .composed(composition) : .crops(CropSettings()))
        let source = try SampleSource(
            [try dataset()], augmentation: settings, inputWidth: 128, inputHeight: 96, seed: 11)
        var checked = 0
        for index in 0..<60 {
            let sample = try source.sample(at: index)
            for truth in sample.truths where !truth.isIgnored && truth.box.width > 6 && truth.box.height > 6 {
                let box = truth.box
                let inside = AugmentationTests.redShare(sample.image, box, inset: 1.5)
                #expect(inside > 0.98, "sample \(index): \(box) has a red share of \(inside)")
                checked += 1
            }
        }
        #expect(checked > 40)
    }

    private static func redShare(_ image: RGBImage, _ box: Box, inset: Float) -> Double {
        var (red, all) = (0, 0)
        let rows =
            Int((box.top + inset).rounded(.up))..<max(Int((box.top + inset).rounded(.up)), Int(box.bottom - inset))
        let columns =
            Int((box.left + inset).rounded(.up))..<max(Int((box.left + inset).rounded(.up)), Int(box.right - inset))
        for y in rows {
            for x in columns {
                all += 1
                if isRed(image, x, y) { red += 1 }
            }
        }
        return all > 0 ? Double(red) / Double(all) : 1
    }

    @Test("no red pixel lies outside all boxes: nothing is lost when pictures are cut and turned")
    func nothingLost() throws {
        var composition = CompositionSettings()
        composition.pastedShare = 0
        let source = try SampleSource(
            [try dataset()], augmentation: geometry(.composed(composition)), inputWidth: 128, inputHeight: 128, seed: 3)
        for index in 0..<40 {
            let sample = try source.sample(at: index)
            for y in 0..<128 {
                for x in 0..<128 where AugmentationTests.isRed(sample.image, x, y) {
                    let isCovered = sample.truths.contains {
                        $0.box.left - 1.5 <= Float(x) + 0.5 && Float(x) + 0.5 <= $0.box.right + 1.5
                            && $0.box.top - 1.5 <= Float(y) + 0.5 && Float(y) + 0.5 <= $0.box.bottom + 1.5
                    }
                    #expect(isCovered, "sample \(index): red at \(x), \(y) outside every box")
                    if !isCovered { return }
                }
            }
        }
    }

    @Test("stretched pictures are wider or narrower by what is asked for, their objects with them")
    func stretched() throws {
        var composition = CompositionSettings()
        (composition.pastedShare, composition.mosaicShare, composition.emptyShare) = (0, 0, 0)
        composition.stretch = 0.2
        let source = try SampleSource(
            [try dataset()], augmentation: geometry(.composed(composition)), inputWidth: 256, inputHeight: 256, seed: 3)
        var logarithms: [Float] = []
        for index in 0..<300 {
            for truth in try source.sample(at: index).truths {
                let box = truth.box
                // Those cut off tell nothing.
                guard box.left > 1, box.top > 1, box.right < 255, box.bottom < 255 else { continue }
                logarithms.append(log(box.width / box.height / 0.8))
            }
        }
        #expect(logarithms.count > 100)
        let deviation = (logarithms.reduce(0) { $0 + $1 * $1 } / Float(logarithms.count)).squareRoot()
        #expect(abs(deviation - 0.2) < 0.03, "\(deviation)")
    }

    @Test("a mirrored picture keeps left points on the left, and turned points turn with their box")
    func landmarks() throws {
        let source = try SampleSource(
            [try dataset()], augmentation: geometry(.crops(CropSettings()), turned: true), inputWidth: 128,
            inputHeight: 128, seed: 5)
        var seen = 0
        for index in 0..<40 {
            for truth in try source.sample(at: index).truths {
                guard let points = truth.landmarks else { continue }
                seen += 1
                #expect(points.leftEye.x < points.rightEye.x)
                #expect(points.leftMouth.x < points.rightMouth.x)
                #expect(points.leftEye.y < points.leftMouth.y)
            }
        }
        #expect(seen > 20)
    }

    @Test("sample i is the same from any source, in any order, with any cache, and differs from sample i + 1")
    func reproducible() throws {
        let data = try dataset()
        let first = try SampleSource([data], augmentation: .faces, inputWidth: 96, inputHeight: 96, seed: 21)
        let second = try SampleSource(
            [data], augmentation: .faces, inputWidth: 96, inputHeight: 96, seed: 21, store: PictureStore(byteLimit: 0))
        let other = try SampleSource([data], augmentation: .faces, inputWidth: 96, inputHeight: 96, seed: 22)
        let forwards = try (0..<12).map { try first.sample(at: $0) }
        for index in (0..<12).reversed() {
            let again = try second.sample(at: index)
            #expect(bytes(again) == bytes(forwards[index]))
            #expect(again.truths == forwards[index].truths)
        }
        #expect(bytes(forwards[0]) != bytes(forwards[1]))
        #expect(bytes(try other.sample(at: 0)) != bytes(forwards[0]))
        // Far ahead is as quick as the start.
        #expect(try first.sample(at: 1 << 40).image.width == 96)
    }

    @Test("threads do not matter")
    func threads() throws {
        let source = try SampleSource([try dataset()], augmentation: .faces, inputWidth: 64, inputHeight: 64, seed: 2)
        let alone = try (0..<24).map { bytes(try source.sample(at: $0)) }
        let pool = try ThreadPool(threads: 4)
        let buffer = UnsafeMutableBufferPointer<[UInt8]>.allocate(capacity: 24)
        defer { buffer.deallocate() }
        buffer.initialize(repeating: [])
        nonisolated(unsafe) let results = buffer
        pool.run(chunks: 24) { chunk, _ in
            results[chunk] = (try? source.sample(at: chunk)).map { bytes($0) } ?? []
        }
        #expect(Array(buffer) == alone)
        buffer.deinitialize()
    }

    @Test(
        "in finer detail a canvas shows the same: brought back to its size it is the plain one before the degradation",
        arguments: [true, false])
    func detail(isComposed: Bool) throws {
        var settings = isComposed ? Augmentation.faces : .objects
        settings.samplingWeights = [0, 1, 0]
        let dataset = try dataset()
        func source(_ degradation: DegradationSettings) throws -> SampleSource {
            settings.degradation = degradation
            return try SampleSource([dataset], augmentation: settings, inputWidth: 90, inputHeight: 60, seed: 8)
        }
        var dim = DegradationSettings(blurProbability: 0, jpegProbability: 0, noiseProbability: 0)
        let plain = try source(dim)
        dim.dimProbability = 1
        let dimmed = try source(dim)
        for index in 0..<40 {
            let sample = try plain.sample(at: index, detail: 2)
            let detailed = try #require(sample.detailed)
            #expect(detailed.width == 180 && detailed.height == 120)
            #expect(bytes(try plain.sample(at: index)) == bytes(sample))
            // Letters' strokes are other pixels at another size.
            let difference = try meanDifference(sample.image, halved(detailed))
            #expect(difference < 4, "sample \(index): \(difference) levels apart")
            let dark = try dimmed.sample(at: index, detail: 2)
            #expect(try #require(dark.detailed).pixels.elements.elementsEqual(detailed.pixels.elements))
            #expect(dark.truths == sample.truths)
            let share = mean(dark.image) / max(1, mean(sample.image))
            #expect(0.04 < share && share < 0.55, "sample \(index): \(share) of the light")
        }
        for detail in [0.5, 9, .nan] as [Float] {
            #expect(throws: OcellusError.self) { try plain.sample(at: 0, detail: detail) }
        }
        #expect(try plain.sample(at: 0).detailed == nil)
    }

    private func mean(_ image: RGBImage) -> Double {
        Double(image.pixels.elements.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
    }

    private func halved(_ image: RGBImage) throws -> RGBImage {
        let result = try RGBImage(width: image.width / 2, height: image.height / 2)
        ocd_halve(image.pixels.pointer, Int32(image.width), Int32(image.height), result.pixels.pointer)
        return result
    }

    private func meanDifference(_ one: RGBImage, _ other: RGBImage) -> Double {
        let sum = zip(one.pixels.elements, other.pixels.elements).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(one.pixels.count)
    }

    @Test("crops take every picture once an epoch")
    func epochs() {
        for count in [1, 2, 3, 10, 1000] {
            let order = RandomOrder(count: count, seed: 5, epoch: 7)
            #expect(Set((0..<count).map { order.element($0) }) == Set(0..<count))
        }
        let (first, second) = (RandomOrder(count: 50, seed: 5, epoch: 0), RandomOrder(count: 50, seed: 5, epoch: 1))
        #expect((0..<50).map { first.element($0) } != (0..<50).map { second.element($0) })
    }

    @Test("crops take a picture as often as it is to be repeated")
    func repeated() throws {
        var pictures: [LabelledPicture] = []
        for (index, level) in [UInt8(10), 120, 240].enumerated() {
            let image = try RGBImage(width: 20, height: 20)
            image.pixels.elements.update(repeating: level)
            pictures.append(LabelledPicture(path: "", name: "\(level)", held: PictureStore.Picture(image)))
            pictures[index].repeats = [1, 3, 0][index]
        }
        let source = try SampleSource(
            [Dataset(name: "d", classes: ["x"], pictures: pictures)], augmentation: .none, inputWidth: 32,
            inputHeight: 32, seed: 4)
        for round in 0..<3 {
            var seen: [UInt8] = []
            for index in 0..<5 {
                let image = try source.sample(at: 5 * round + index).image
                seen.append(withExtendedLifetime(image) { image.pixels.pointer[0] })
            }
            #expect(seen.sorted() == [10, 120, 120, 120, 240])
        }
        #expect(source.count == 3)
    }

    @Test("objects too small, cut through the centre or hidden are ignored, those out of sight are gone")
    func ignoring() throws {
        var painter = try CanvasPainter(width: 100, height: 100)
        let window = Box(left: 0, top: 0, right: 100, bottom: 100)
        let still = AffineMap(
            centre: Point(x: 0, y: 0), target: Point(x: 0, y: 0), scaleX: 1, scaleY: 1)
        let boxes = [
            Box(left: 10, top: 10, right: 40, bottom: 40), Box(left: 50, top: 10, right: 57, bottom: 30),
            Box(left: 80, top: 50, right: 130, bottom: 80), Box(left: 10, top: 60, right: 40, bottom: 90),
            Box(left: 120, top: 0, right: 140, bottom: 30),
        ]
        painter.add(boxes.map { GroundTruth(box: $0, label: 1) }, map: still, isFlipped: false, window: window)
        painter.cover(CanvasPart(left: 10, top: 60, right: 40, bottom: 80))
        let truths = painter.truths(IgnoringRules())
        #expect(truths.map(\.isIgnored) == [false, true, true, true])
        #expect(truths[2].box == Box(left: 80, top: 50, right: 100, bottom: 80))
    }

    @Test("areas are surely empty where a picture chosen for having no object or a plain rectangle lies")
    func emptyAreas() throws {
        var settings = CompositionSettings()
        (settings.emptyShare, settings.pastedShare) = (1, 0)
        func source(_ datasets: [Dataset]) throws -> SampleSource {
            try SampleSource(
                datasets, augmentation: geometry(.composed(settings)), inputWidth: 64, inputHeight: 64, seed: 3)
        }
        let labelled = try dataset()
        // Its labels have nothing on empty.png; nobody says that there is nothing.
        #expect(try source([labelled]).sample(at: 0).labels.emptyAreas.isEmpty)
        try folder.write("none/a.png", try PictureFile.encode(try gradient(30, 30), .png))
        let chosen = try Dataset.read(folder.path + "/none", format: .empty, classes: labelled.classes)
        let whole = Box(left: 0, top: 0, right: 64, bottom: 64)
        let labels = try source([chosen]).sample(at: 0).labels
        #expect(labels.emptyAreas == [whole] && labels.areSurelyNone(width: 64, height: 64))
        #expect(!labels.areSurelyNone(width: 65, height: 64))
        let face = GroundTruth(box: Box(left: 1, top: 1, right: 9, bottom: 9), label: 1)
        #expect(!SampleLabels([face], emptyAreas: [whole]).areSurelyNone(width: 64, height: 64))
        #expect(!SampleLabels([]).areSurelyNone(width: 64, height: 64))
        (settings.emptyShare, settings.mosaicShare, settings.pastedShare) = (0, 0, 1)
        var pasted = 0
        for index in 0..<20 {
            let labels = try source([labelled]).sample(at: index).labels
            pasted += labels.emptyAreas.count
            #expect(labels.emptyAreas.allSatisfy { $0.width >= 10 && $0.shared(with: whole) == $0 })
        }
        #expect(pasted > 10)
    }

    @Test("rectangles that are to hide objects lie over one, and hide half of it at most")
    func hiding() throws {
        var settings = CompositionSettings()
        (settings.emptyShare, settings.mosaicShare, settings.wholeShare) = (0, 0, 1)
        (settings.wholeScale, settings.pastedShare, settings.pastedCount) = (0.9...0.9, 1, 1...1)
        func touching(_ share: Float) throws -> (pasted: Int, touching: Int) {
            settings.hidingShare = share
            let source = try SampleSource(
                [try dataset()], augmentation: geometry(.composed(settings)), inputWidth: 128, inputHeight: 128, seed: 5
            )
            var counts = (pasted: 0, touching: 0)
            for index in 0..<200 {
                let labels = try source.sample(at: index).labels
                for area in labels.emptyAreas {
                    let shares = labels.truths.map { $0.box.shared(with: area).area / $0.box.area }
                    #expect(shares.allSatisfy { $0 <= 0.5 })
                    counts.pasted += 1
                    counts.touching += shares.contains { $0 > 0 } ? 1 : 0
                }
            }
            return counts
        }
        let (all, none) = (try touching(1), try touching(0))
        #expect(all.pasted > 80 && none.pasted > 80)
        // An edge may be shared by less than the pixel that rounding takes off.
        #expect(Float(all.touching) > 0.97 * Float(all.pasted), "\(all)")
        #expect(Float(none.touching) < 0.6 * Float(none.pasted), "\(none)")
    }

    @Test("a plain sample is what detection sees: the letterboxed picture with its box")
    func plain() throws {
        let source = try SampleSource(
            [try dataset()], augmentation: .objects, inputWidth: 80, inputHeight: 80, seed: 1)
        let sample = try source.plain(at: 0)
        #expect(sample.truths[0].box == Box(left: 20, top: 15, right: 40, bottom: 40))
        #expect(AugmentationTests.isRed(sample.image, 30, 30) && !AugmentationTests.isRed(sample.image, 45, 30))
        // Below the picture of 80x60 the ground.
        #expect(sample.image.pixels.pointer[(70 * 80 + 5) * 3] == 123)
    }

    @Test("without augmentation a sample is the plain picture, to the rounding of the sampling")
    func none() throws {
        let source = try SampleSource(
            [try dataset()], augmentation: .none, inputWidth: 160, inputHeight: 120, seed: 1)
        let plains = try (0..<source.count).map { try source.plain(at: $0) }
        for index in 0..<source.count {
            let sample = try source.sample(at: index)
            let isPlain = plains.contains { $0.truths == sample.truths && bytes($0) == bytes(sample) }
            #expect(isPlain || sample.truths.isEmpty, "sample \(index)")
        }
    }

    @Test("wrong sizes and empty data are refused")
    func refused() throws {
        let data = Dataset(name: "d", classes: ["x"], pictures: [])
        #expect(throws: OcellusError.self) {
            try SampleSource([data], augmentation: .objects, inputWidth: 64, inputHeight: 64, seed: 1)
        }
        #expect(throws: OcellusError.self) {
            try SampleSource([try dataset()], augmentation: .objects, inputWidth: 0, inputHeight: 64, seed: 1)
        }
    }

    @Test("a picture that went away or is damaged is an error that names it")
    func unreadable() throws {
        let data = try dataset()
        try folder.write("images/1.png", "damaged")
        let source = try SampleSource([data], augmentation: .objects, inputWidth: 64, inputHeight: 64, seed: 1)
        var messages: Set<String> = []
        for index in 0..<data.pictures.count {
            do throws(OcellusError) { _ = try source.sample(at: index) } catch { messages.insert(error.message) }
        }
        #expect(messages.count == 1 && messages.allSatisfy { $0.contains("images/1.png") })
    }
}

/// A copy of the pixels, which the sample owns.
private func bytes(_ sample: Sample) -> [UInt8] {
    withExtendedLifetime(sample) { Array(sample.image.pixels.elements) }
}
