// What is drawn over finished canvases: soft patches against their definition, and what of a sample they may change.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusTensor
import Testing

@testable import OcellusData

struct AppearanceTests {
    private let folder: DataFolder

    init() throws { folder = try DataFolder() }

    /// One light grey picture with a face whose points are known.
    private func dataset() throws -> Dataset {
        let image = try RGBImage(width: 160, height: 160)
        for index in 0..<image.pixels.count { image.pixels.pointer[index] = 200 }
        try folder.write("images/a.png", try PictureFile.encode(image, .png))
        let points = [(60, 60), (100, 60), (80, 85), (65, 110), (95, 110)].map { "\($0.0) \($0.1) 0" }
        try folder.write("label_train.txt", "# a.png\n40 30 80 100 \(points.joined(separator: " ")) 0.8\n")
        return try Dataset.read(folder.path)
    }

    /// The picture as it is, but for what `change` asks for.
    private func source(_ change: (inout Augmentation) -> Void) throws -> SampleSource {
        var settings = Augmentation.none
        change(&settings)
        return try SampleSource([try dataset()], augmentation: settings, inputWidth: 160, inputHeight: 160, seed: 4)
    }

    private func level(_ image: RGBImage, _ point: Point) -> Int {
        Int(image.pixels.pointer[(Int(point.y) * image.width + Int(point.x)) * 3])
    }

    private func isSame(_ one: RGBImage, _ other: RGBImage) -> Bool {
        one.pixels.elements.elementsEqual(other.pixels.elements)
    }

    @Test("a soft patch moves levels by the share that its definition says, and leaves all others")
    func definition() throws {
        var random = SeededRandom(seed: 12)
        for trial in 0..<60 {
            let image = try RGBImage(width: 64, height: 48)
            let before = (0..<image.pixels.count).map { _ in UInt8(random.index(256)) }
            for index in before.indices { image.pixels.pointer[index] = before[index] }
            var patch = SoftPatch(
                centre: Point(x: random.uniform(-10, 74), y: random.uniform(-10, 58)),
                halfWidth: random.logUniform(0.6, 90), halfHeight: random.logUniform(0.6, 90),
                angle: trial % 3 == 0 ? 0 : random.uniform(-4, 4), edge: random.logUniform(0.3, 30))
            patch.gain = SIMD3(random.uniform(0, 2), random.uniform(0, 2), random.uniform(0, 2))
            patch.shift = SIMD3(random.uniform(-90, 90), random.uniform(-90, 90), random.uniform(-90, 90))
            patch.draw(on: image)
            var worst = 0.0
            for index in before.indices {
                let (x, y) = (Double(index / 3 % 64) + 0.5, Double(index / 192) + 0.5)
                let expected = changed(Double(before[index]), by: patch, channel: index % 3, x, y)
                worst = max(worst, abs(Double(image.pixels.pointer[index]) - expected))
            }
            #expect(worst <= 0.51, "trial \(trial)")
        }
    }

    /// The definition, in double precision.
    private func changed(_ level: Double, by patch: SoftPatch, channel: Int, _ x: Double, _ y: Double) -> Double {
        let (dx, dy) = (x - Double(patch.centre.x), y - Double(patch.centre.y))
        let (cosine, sine) = (cos(Double(patch.angle)), sin(Double(patch.angle)))
        let u = (cosine * dx + sine * dy) / Double(patch.halfWidth)
        let v = (cosine * dy - sine * dx) / Double(patch.halfHeight)
        let smaller = Double(min(patch.halfWidth, patch.halfHeight))
        let sharpness = max(1, smaller / (4 * max(Double(patch.edge), 0.25)))
        let share = max(0, min(1, (1 - pow(u, 4) - pow(v, 4)) * sharpness))
        let inside = Double(patch.gain[channel]) * level + Double(patch.shift[channel])
        return max(0, min(255, level + share * (inside - level)))
    }

    @Test("a patch far away, or as large as can be, is drawn or left without harm")
    func extremes() throws {
        let image = try RGBImage(width: 16, height: 16)
        for (x, size) in [(1e9, 3), (-500, 3), (8, 1e9), (.nan, 3), (8, .infinity)] as [(Float, Float)] {
            SoftPatch(centre: Point(x: x, y: 8), halfWidth: size, halfHeight: size, shift: SIMD3(9, 9, 9))
                .draw(on: image)
        }
        #expect(image.pixels.elements.allSatisfy { $0 == 0 })
    }

    @Test("glasses darken the eyes, caps the forehead; labels and the teacher's canvas stay as they are")
    func disguise() throws {
        let plain = try source { _ in }.sample(at: 0, detail: 2)
        let face = try #require(plain.truths.first)
        let points = try #require(face.landmarks)
        let disguised = try source { $0.disguise.share = 1 }
        var counts = (glasses: 0, changed: 0)
        for index in 0..<60 {
            let sample = try disguised.sample(at: index, detail: 2)
            #expect(sample.truths == plain.truths)
            #expect(try isSame(#require(sample.detailed), #require(plain.detailed)))
            let darkEyes = level(sample.image, points.leftEye) < 140 && level(sample.image, points.rightEye) < 140
            counts.glasses += darkEyes ? 1 : 0
            counts.changed += isSame(sample.image, plain.image) ? 0 : 1
            // Nothing reaches below the nose.
            for point in [points.leftMouth, points.rightMouth] { #expect(level(sample.image, point) == 200) }
        }
        #expect(counts.changed == 60 && counts.glasses > 25 && counts.glasses < 60, "\(counts)")
        let half = try source { $0.disguise.share = 0.5 }
        let changed = try (0..<60).count { try !isSame(half.sample(at: $0).image, plain.image) }
        #expect(15...45 ~= changed)
    }

    @Test("uneven light changes the canvas alone: darker mostly, on as many samples as asked for")
    func light() throws {
        let plain = try source { _ in }.sample(at: 0, detail: 2)
        func shaded(_ probability: Float) throws -> (changed: Int, darker: Int, lighter: Int) {
            let source = try source { $0.light.probability = probability }
            var counts = (changed: 0, darker: 0, lighter: 0)
            for index in 0..<60 {
                let sample = try source.sample(at: index, detail: 2)
                #expect(sample.truths == plain.truths)
                #expect(try isSame(#require(sample.detailed), #require(plain.detailed)))
                counts.changed += isSame(sample.image, plain.image) ? 0 : 1
                let levels = Array(sample.image.pixels.elements)
                counts.darker += levels.contains { $0 < 190 } ? 1 : 0
                counts.lighter += levels.contains { $0 > 210 } ? 1 : 0
            }
            return counts
        }
        let (all, half) = (try shaded(1), try shaded(0.5))
        #expect(all.changed > 50 && all.darker > 40 && all.lighter > 5 && all.lighter < all.darker, "\(all)")
        #expect(15...45 ~= half.changed, "\(half)")
        #expect(try shaded(0).changed == 0)
    }

    @Test("points that a machine set count what they are told to, people's stay")
    func machineLandmarks() throws {
        var dataset = try dataset()
        dataset.pictures[0].truths.append(dataset.pictures[0].truths[0])
        dataset.pictures[0].truths[1].landmarkWeight = 1
        dataset.weighMachineLandmarks(0.1)
        #expect(dataset.pictures[0].truths.map(\.landmarkWeight) == [0.1, 1])
    }
}
