// Every network of the catalogue through the C functions: the library is compiled in another way than the command and the
// Swift modules, so what it finds is compared with what they find.
import Foundation
import Ocellus
import OcellusDetection
import OcellusImage
import OcellusModels
import TestSupport
import Testing

@Suite struct ArchitectureTests {
    private static func picture() throws -> (RGBImage, path: String) {
        let image = try RGBImage(width: 150, height: 110)
        for index in 0..<image.pixels.count {
            image.pixels.pointer[index] = UInt8((index * index / 97 + index / 7) & 255)
        }
        let file = Library.work.appending(path: "pattern-\(UUID()).ppm")
        try (Data("P6 150 110 255\n".utf8) + Data(image.pixels.elements)).write(to: file)
        return (image, file.path)
    }

    @Test("the library finds to the last digit what the Swift modules find", arguments: Architecture.allCases)
    func agree(_ architecture: Architecture) throws {
        let (image, file) = try Self.picture()
        let model = try Model.smallRandom(architecture, seed: 5)
        let path = Library.work.appending(path: "random-\(UUID()).safetensors").path
        try model.write(to: path)
        let program = try Library.compile(Library.programs.appending(path: "print_detections.c"))
        let outcome = try Library.run([program, path, file])
        #expect(outcome.status == 0, "\(outcome.text)")

        var options = Detector.Options()
        options.threads = 2
        options.scoreThreshold = 0.02
        options.overlapThreshold = 1
        options.maximumDetections = 200
        let detector = try Detector(model, options: options)
        let found = try detector.detect(image.view).map { Self.line($0) }
        #expect(!found.isEmpty)
        #expect(outcome.output.split(separator: "\n").map(String.init) == found)
    }

    /// As print_detections.c writes it.
    private static func line(_ detection: Detection) -> String {
        let box = detection.box
        var numbers = [detection.score, box.left, box.top, box.width, box.height].map { String(format: "%.9g", $0) }
        numbers[0] += " "
        var text = "\(detection.label) " + numbers.joined(separator: " ")
        guard detection.hasLandmarks else { return text }
        for index in 0..<Landmarks.count {
            let point = detection.landmarks[index]
            text += String(format: "  %.9g %.9g", point.x, point.y)
        }
        return text
    }
}
