// Published weights in integers on real pictures, against the same network in float. Skipped without weights and data.
import Foundation
import Ocellus
import OcellusDetection
import OcellusFiles
import OcellusImport
import OcellusModels
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Published networks in integers", .enabled(if: SharedFolder.exists), .serialized) struct RealDataTests {
    private func model(_ name: String, _ description: ModelDescription) throws -> (Model, ImportedFile) {
        let source = try ImportSource.read(path: try #require(SharedFolder.path("models/\(name)")))
        let declared = try description.declare().parameters.map { (name: $0.name, dimensions: $0.dimensions) }
        let parameters = try ImportMap(for: source).parameters(from: source, declared: declared).parameters
        return (try Model(description, parameters), source)
    }

    /// `count` evenly from all pictures that a list of labels names.
    private func pictures(_ list: String, _ count: Int) throws -> [String] {
        let path = try #require(SharedFolder.path("data/faces/\(list)"))
        let names = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
        return try (0..<count).map {
            try #require(SharedFolder.path("data/faces/images/\(names[$0 * names.count / count])"))
        }
    }

    /// How many of `float`'s detections `integer` has too (same label, overlap 0.7), and how many there are.
    private func agreement(
        _ float: Model, _ integer: Model, _ paths: [String], threshold: Float
    ) throws -> (found: Int, count: Int, extra: Int) {
        var options = Detector.Options()
        options.scoreThreshold = threshold
        let one = try Detector(float, options: options)
        options.scoreThreshold = threshold - 0.1
        let other = try Detector(integer, options: options)
        var (found, count, extra) = (0, 0, 0)
        for path in paths {
            let image = try PictureFile.read(path: path, maximumSide: 600)
            let expected = Array(try one.detect(image.view))
            let detections = Array(try other.detect(image.view))
            count += expected.count
            found +=
                expected.filter { face in
                    detections.contains {
                        $0.label == face.label && $0.box.intersectionOverUnion(face.box) >= 0.7
                    }
                }.count
            extra +=
                detections.filter { face in
                    face.score >= threshold + 0.1
                        && !expected.contains {
                            $0.label == face.label && $0.box.intersectionOverUnion(face.box) >= 0.5
                        }
                }.count
        }
        return (found, count, extra)
    }

    @Test(
        "RetinaFace calibrated on 60 pictures finds the float network's faces on 40 others",
        arguments: [CalibrationMethod.minMax, .movingAverage(momentum: 0.9), .percentile(0.9999), .meanSquaredError])
    func retinaFace(method: CalibrationMethod) throws {
        let (float, _) = try model(
            "retinaface_mobilenet0.25_300.pth", Architecture.retinaFaceMobileNet025.defaultDescription())
        let calibration = try PostTrainingQuantization(float, method: method)
        for path in try pictures("label_train.txt", 60) {
            try calibration.observe(try PictureFile.read(path: path, maximumSide: 600).view)
        }
        let integer = try calibration.quantized()
        let paths = try pictures("label_val.txt", 40)
        let report = try calibration.report(on: integer)
        for path in paths.prefix(5) { try report.compare(try PictureFile.read(path: path, maximumSide: 600).view) }
        try report.check()
        let (found, count, extra) = try agreement(float, integer, paths, threshold: 0.5)
        let worst = report.layers.min { $0.decibels < $1.decibels }
        show(
            "\(method): \(found) of \(count) faces, \(extra) more; worst layer "
                + (worst.map { "\($0.name) \(text($0.decibels)) dB" } ?? ""))
        #expect(count > 30)
        #expect(Double(found) >= 0.97 * Double(count) && Double(extra) <= 0.05 * Double(count))
    }

    @Test("the TensorFlow Lite SSD with its own scales finds what its float reading finds")
    func ssd() throws {
        var description = Architecture.mobileNetSSDTensorFlow.defaultDescription()
        description.width = 0.75
        description.isFolded = true
        let (float, source) = try model("coco_ssd_mobilenet_v1_1.0_quant.tflite", description)
        #expect(source.hasActivationRanges)
        let integer = try float.quantized(ranges: try source.activationRanges(of: float.folded().graph))
        let folder = try #require(SharedFolder.path("data/faces/images/coco128"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(30)
        let (found, count, extra) = try agreement(float, integer, names.map { "\(folder)/\($0)" }, threshold: 0.5)
        show("TensorFlow SSD: \(found) of \(count) objects, \(extra) more")
        #expect(count > 20)
        #expect(Double(found) >= 0.95 * Double(count) && Double(extra) <= 0.05 * Double(count))
    }
}
