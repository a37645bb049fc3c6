// The published networks, run here and by PyTorch in double precision on the same input. Skipped without the weights.
import Foundation
import Ocellus
import OcellusDetection
import OcellusFiles
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Published networks", .enabled(if: SharedFolder.exists)) struct GoldenTests {
    @Test("RetinaFace's head rows are PyTorch's within 1e-4", arguments: ["formula", "portrait"])
    func retinaFace(input: String) throws {
        let pixels = input == "formula" ? Golden.formulaPixels() : try Golden.portraitPixels()
        try check(
            Golden.retinaFace(), Golden.retinaFaceInput(pixels), "retinaface_\(input).safetensors", every: 10,
            [("scores", "class"), ("boxes", "box"), ("landmarks", "landmark")])
    }

    @Test("the TensorFlow SSD's head rows are PyTorch's within 1e-4")
    func tensorFlowSSD() throws {
        let input = Golden.formulaPixels().map { $0 / 127.5 - 1 }
        try check(
            Golden.tensorFlowSSD(), input, "tflite_ssd_formula.safetensors", every: 20,
            [("scores", "class"), ("boxes", "box")])
    }

    /// Head rows of the folded network with every set of kernels, and of the network as it is with the best one.
    private func check(
        _ model: Model, _ input: [Float], _ file: String, every step: Int, _ tensors: [(Name, Name)]
    ) throws {
        let folded = try model.folded()
        var runs: [(String, FloatExecutor)] = [
            ("unfolded", try FloatExecutor(model.graph, model.parameters))
        ]
        for kernels in KernelSet.available {
            runs.append((kernels.name, try FloatExecutor(folded.graph, folded.parameters, kernels: kernels)))
        }
        for (name, executor) in runs {
            let outputs = executor.outputs(for: input)
            for (output, tensor) in tensors {
                let place = try #require(executor.graph.outputs.firstIndex { $0.name == output })
                let (expected, columns) = try Golden.rows(file, tensor)
                var found: [Float] = []
                for row in stride(from: 0, to: outputs[place].count / columns, by: step) {
                    found += outputs[place][row * columns..<(row + 1) * columns]
                }
                let error = relativeError(found, expected)
                #expect(error <= 1e-4, "\(file), \(name), \(output)")
                if ProcessInfo.processInfo.environment["OCELLUS_SHOW_ERRORS"] != nil {
                    print("\(file) \(name) \(output): \(error)")
                }
            }
        }
    }

    @Test("the detector finds in the portrait what the reference found")
    func portrait() throws {
        let report = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: Golden.folder.appending(path: "retinaface_reference.json")))
        var options = Detector.Options()
        options.scoreThreshold = 0.02
        options.overlapThreshold = 0.4
        let detector = try Detector(try Golden.retinaFace(), options: options)
        let image = try PictureFile.read(path: Golden.path("retinaface_input_portrait.png"))
        let found = Array(try detector.detect(image.view))
        // The reference looked at the source picture; this one is the network's input, scaled already.
        let scale = report.portrait.inputPixelsPerSourcePixel
        let expected = report.portrait.detections
        #expect(found.count == expected.count)
        for (detection, reference) in zip(found, expected) {
            #expect(abs(detection.score - reference.score) < 1e-3)
            let left = max(0, reference.box[0] * scale[0])
            let top = max(0, reference.box[1] * scale[1])
            let right = min(300, (reference.box[0] + reference.box[2]) * scale[0])
            let bottom = min(300, (reference.box[1] + reference.box[3]) * scale[1])
            let box = Box(left: left, top: top, right: right, bottom: bottom)
            #expect(detection.box.intersectionOverUnion(box) > 0.999 || box.area == 0)
            for index in 0..<Landmarks.count {
                #expect(abs(detection.landmarks[index].x - reference.landmarks[index][0] * scale[0]) < 0.05)
                #expect(abs(detection.landmarks[index].y - reference.landmarks[index][1] * scale[1]) < 0.05)
            }
        }
        #expect(found.contains { $0.score > 0.9 })
    }

    private struct Reference: Decodable {
        struct Picture: Decodable {
            enum CodingKeys: String, CodingKey {
                case inputPixelsPerSourcePixel = "input_pixels_per_source_pixel"
                case detections
            }

            let inputPixelsPerSourcePixel: [Float]
            let detections: [Face]
        }

        struct Face: Decodable {
            let score: Float
            let box: [Float]
            let landmarks: [[Float]]
        }

        let portrait: Picture
    }
}
