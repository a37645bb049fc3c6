// YuNet as a teacher: its numbers against ONNX Runtime's, and what becomes of its faces at the student's anchors.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusImport
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("a teacher without anchors")
struct FaceTeacherTests {
    /// Written by Tests/References/yunet_goldens.py.
    private struct Golden: Decodable {
        struct Face: Decodable {
            let score: Float
            let box: [Float]
            let landmarks: [Float]
        }
        let sampled: Int
        let rows: [String: [Float]]
        let faces: [Face]
        let times: Float
        let enlarged: [Face]
    }

    private static let goldens = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Goldens")
    private static let published = SharedFolder.path("models/yunet_n_320_320.onnx")

    private static func golden() throws -> Golden {
        try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: goldens.appending(path: "yunet_portrait.json")))
    }

    private static func portrait() throws -> RGBImage {
        try PictureFile.read(path: goldens.appending(path: "retinaface_input_portrait.png").path)
    }

    /// Sampled bilinearly at pixels' centres, as the script does it.
    private static func enlarged(_ image: RGBImage, _ times: Float) throws -> RGBImage {
        let side = Int((Float(image.width) * times).rounded())
        let result = try RGBImage(width: side, height: side)
        let places = (0..<side).map { index in
            let place = min(max(0, (Float(index) + 0.5) / times - 0.5), Float(image.width - 1))
            let first = Int(place)
            return (first: first, second: min(first + 1, image.width - 1), share: place - Float(first))
        }
        let source = image.pixels.elements
        for (y, row) in places.enumerated() {
            for (x, column) in places.enumerated() {
                for channel in 0..<3 {
                    func level(_ y: Int, _ x: Int) -> Float { Float(source[(y * image.width + x) * 3 + channel]) }
                    let (a, b) = (level(row.first, column.first), level(row.first, column.second))
                    let (c, d) = (level(row.second, column.first), level(row.second, column.second))
                    let (above, below) = (a + (b - a) * column.share, c + (d - c) * column.share)
                    result.pixels.pointer[(y * side + x) * 3 + channel] = UInt8(
                        (above + (below - above) * row.share).rounded(.toNearestOrEven))
                }
            }
        }
        return result
    }

    private static func network() throws -> YuNet {
        try YuNet(convolutions: ImportSource.read(path: #require(published)).convolutions())
    }

    @Test("rows of the published numbers are ONNX Runtime's", .enabled(if: published != nil))
    func rows() throws {
        let golden = try Self.golden()
        let executor = try FloatExecutor(YuNet.declare(height: 320, width: 320), Self.network().parameters)
        try YuNetFrame(Self.student().0.preprocessing, enlargement: 1).write(Self.portrait(), into: executor.input)
        executor.run()
        for (name, columns) in [("classes", 1), ("objects", 1), ("boxes", 4), ("landmarks", 10)] {
            let values = executor.value(of: try #require(executor.graph.output(named: Name(name))))
            let expected = try #require(golden.rows[name])
            for (index, wanted) in expected.enumerated() {
                let raw = values[index / columns * golden.sampled * columns + index % columns]
                let found = columns == 1 ? 1 / (1 + exp(-raw)) : raw
                #expect(abs(found - wanted) < 2e-4 * max(1, abs(wanted)), "\(name) \(index)")
            }
        }
    }

    @Test("the student's rows hold its face, decoded as the student decodes", .enabled(if: published != nil))
    func portraitFace() throws {
        try expectFace(try #require(try Self.golden().faces.first), enlargement: 1)
    }

    @Test("enlarged, the portrait's face is the one ONNX Runtime sees in it", .enabled(if: published != nil))
    func enlargedFace() throws {
        let golden = try Self.golden()
        try expectFace(try #require(golden.enlarged.first), enlargement: golden.times)
    }

    private func expectFace(_ golden: Golden.Face, enlargement: Float) throws {
        var (description, anchors, settings) = try Self.student()
        settings.distillation = DistillationSettings(enlargement: enlargement)
        let teacher = try TeacherModel.faces(Self.network()).prepared(
            for: description, anchors: anchors, taps: [], settings: settings, pool: ThreadPool(threads: 2))
        defer { withExtendedLifetime(teacher) {} }
        let portrait = try Self.enlarged(Self.portrait(), enlargement)
        let black = try RGBImage(width: portrait.width, height: portrait.height)
        // The student's input is not looked at.
        let input = try Buffer<Float>(count: 1)
        let answers = try teacher.answers(
            for: TeacherView(input: UnsafePointer(input.pointer), detailed: [black, portrait]))
        let decoder = try Decoder(
            anchors: anchors, classes: 2, boxCoder: description.architecture.boxCoder,
            landmarkCoder: description.architecture.landmarkCoder, settings: DecoderSettings(scoreActivation: .softmax))
        let count = anchors.count
        let rows = HeadRows(
            scores: UnsafeBufferPointer(rebasing: answers.rows.scores[(2 * count)...]),
            boxes: UnsafeBufferPointer(rebasing: answers.rows.boxes[(4 * count)...]),
            landmarks: answers.rows.landmarks.map { UnsafeBufferPointer(rebasing: $0[(10 * count)...]) })
        let found = try decoder.decode(rows, Thresholds(score: 0.1, intersectionOverUnion: 0.4)).elements
        #expect(found.count == 1)
        let face = try #require(found.first)
        #expect(abs(face.score - golden.score) < 1e-3)
        for (value, wanted) in zip([face.box.left, face.box.top, face.box.right, face.box.bottom], golden.box) {
            #expect(abs(value - wanted) < 0.05)
        }
        #expect(face.hasLandmarks)
        let points = face.landmarks
        for index in 0..<Landmarks.count {
            #expect(abs(points[index].x - golden.landmarks[2 * index]) < 0.05)
            #expect(abs(points[index].y - golden.landmarks[2 * index + 1]) < 0.05)
        }
        #expect(answers.heard?.elements.allSatisfy { $0 == 1 } == true)
    }

    @Test("it does not look where there is surely no face", .enabled(if: published != nil))
    func emptyPicture() throws {
        let (description, anchors, settings) = try Self.student()
        let teacher = try TeacherModel.faces(Self.network()).prepared(
            for: description, anchors: anchors, taps: [], settings: settings, pool: ThreadPool(threads: 2))
        defer { withExtendedLifetime(teacher) {} }
        let portrait = try Self.portrait()
        let input = try Buffer<Float>(count: 1)
        for empty in [[], [0], [1]] as [Set<Int>] {
            let answers = try teacher.answers(
                for: TeacherView(input: UnsafePointer(input.pointer), detailed: [portrait, portrait], empty: empty))
            for picture in 0..<2 {
                let rows = picture * anchors.count..<(picture + 1) * anchors.count
                let seesFace = rows.contains { answers.rows.scores[2 * $0 + 1] > 0 }
                #expect(seesFace == !empty.contains(picture), "picture \(picture) of \(empty)")
            }
        }
    }

    /// A face of 80 pixels, a doubtful one of 40, and one of 7 that nothing is said about.
    @Test("anchors of a face get its score, those of a tiny one are not heard, the rest are background")
    func aims() throws {
        let (description, anchors, settings) = try Self.student()
        let aims = try FaceAims(description, anchors: anchors, settings: settings, workers: 1)
        func face(_ x: Float, _ y: Float, _ side: Float, _ score: Float) -> TaughtFace {
            let box = Box(centreX: x, centreY: y, width: side, height: side)
            var points = Landmarks()
            for index in 0..<Landmarks.count { points[index] = Point(x: x + Float(index), y: y) }
            return TaughtFace(box: box, landmarks: points, score: score)
        }
        let faces = [face(80, 80, 80, 0.9), face(220, 90, 40, 0.4), face(150, 240, 7, 0.8)]
        try aims.write(faces, picture: 1, worker: 0)
        let answers = aims.answers
        let heard = try #require(answers.heard)
        var counts = [Float: Int]()
        for (index, anchor) in anchors.boxes.enumerated() {
            let row = anchors.count + index
            let score = 1 / (1 + exp(answers.rows.scores[2 * row] - answers.rows.scores[2 * row + 1]))
            let box = anchor.box.scaled(x: 300, y: 300)
            let best = faces.max { $0.box.intersectionOverUnion(box) < $1.box.intersectionOverUnion(box) }
            guard let best, best.box.intersectionOverUnion(box) >= 0.35 else { continue }
            #expect(abs(score - best.score) < 1e-4 && heard.pointer[row] == 1)
            counts[best.score, default: 0] += 1
        }
        #expect(counts[0.9] ?? 0 > 3 && counts[0.4] ?? 0 > 1 && counts[0.8] == nil)
        let silent = heard.elements[anchors.count...].count { $0 == 0 }
        let sure = (anchors.count..<2 * anchors.count).count {
            answers.rows.scores[2 * $0 + 1] < -6 && heard.pointer[$0] == 1
        }
        #expect(silent > 0 && silent < 10, "\(silent)")
        #expect(sure > anchors.count - 100)
    }

    @Test("rows become faces as the format says, and rows that are no faces are passed over")
    func decoding() throws {
        // Cells of 64 x 32 pixels at strides 8, 16 and 32.
        let count = 32 + 8 + 2
        var (classes, boxes, points) = (
            [Float](repeating: -20, count: count), [Float](repeating: 0, count: 4 * count),
            [Float](repeating: 0, count: 10 * count)
        )
        // Row 33 is the second cell of stride 16: its corner is at (16, 0).
        classes[33] = 2
        boxes.replaceSubrange(132..<136, with: [0.5, 0.25, 0, log(2)])
        points.replaceSubrange(330..<332, with: [0.25, 1])
        // The last cell sees the same face with less certainty, the first one puts out what is no number.
        classes[41] = 1
        boxes.replaceSubrange(164..<168, with: [0.75, -0.875, log(0.5), 0])
        classes[0] = 9
        boxes[0] = .nan
        let objects = [Float](repeating: 20, count: count)
        func faces(_ score: Float) -> [TaughtFace] {
            classes.withUnsafeBufferPointer { classes in
                objects.withUnsafeBufferPointer { objects in
                    boxes.withUnsafeBufferPointer { boxes in
                        points.withUnsafeBufferPointer { points in
                            YuNetRows(
                                classes: classes.baseAddress!, objects: objects.baseAddress!,
                                boxes: boxes.baseAddress!, landmarks: points.baseAddress!, height: 64, width: 32
                            ).faces(from: score, overlap: 0.45, limit: 10)
                        }
                    }
                }
            }
        }
        let found = faces(0.5)
        #expect(found.count == 1)
        let face = try #require(found.first)
        #expect(abs(face.score - (1 / (1 + exp(-2))).squareRoot()) < 1e-5)
        #expect(abs(face.box.left - 16) < 1e-4 && abs(face.box.right - 32) < 1e-4)
        #expect(abs(face.box.top + 12) < 1e-4 && abs(face.box.bottom - 20) < 1e-4)
        #expect(abs(face.landmarks.leftEye.x - 20) < 1e-4 && abs(face.landmarks.leftEye.y - 16) < 1e-4)
        #expect(faces(0.95).isEmpty)
    }

    @Test("other networks, other students and features are refused with what was expected")
    func refused() throws {
        let few = #expect(throws: OcellusError.self) { try YuNet(convolutions: []) }
        #expect(few?.message.contains("arrays of YuNet-n's convolutions, found 0") == true)
        let (_, _, settings) = try Self.student()
        let other = Architecture.mobileNetSSDCaffe.defaultDescription()
        let wrong = #expect(throws: OcellusError.self) {
            try FaceAims(
                other, anchors: other.architecture.anchors(other.preprocessing), settings: settings, workers: 1)
        }
        #expect(wrong?.message.contains("YuNet teaches detectors of faces with landmarks") == true)
        let (description, anchors, ownSettings) = try Self.student()
        var enlarging = ownSettings
        enlarging.distillation = DistillationSettings(enlargement: 2)
        let model = try Model(description, FormulaParameters.make(description.declare(), fresh: true))
        let anchored = #expect(throws: OcellusError.self) {
            try TeacherModel.network(model).prepared(
                for: description, anchors: anchors, taps: [], settings: enlarging, pool: ThreadPool(threads: 1))
        }
        #expect(anchored?.message.contains("only YuNet can see them enlarged") == true)
        let times = #expect(throws: OcellusError.self) {
            try DistillationLoss(settings: DistillationSettings(enlargement: 5), rows: 1)
        }
        #expect(times?.message.contains("5.0 times larger: expected 1 to 4") == true)
    }

    private static func student() throws -> (ModelDescription, Anchors, TrainingSettings) {
        let description = Architecture.retinaFaceMobileNet025.defaultDescription()
        var settings = TrainingSettings(
            schedule: try Schedule(rate: 1e-3, warmUp: 1, steps: 10),
            matching: try MatchingSettings(positive: 0.35, negative: 0.35))
        settings.batch = 2
        return (description, try description.architecture.anchors(description.preprocessing), settings)
    }
}
