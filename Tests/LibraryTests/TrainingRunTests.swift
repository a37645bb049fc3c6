// Programs that train through the C functions: wrong arguments, pictures in memory, the example on a folder.
import Foundation
import OcellusModels
import OcellusNetwork
import Testing

@Suite struct TrainingRunTests {
    @Test("wrong arguments are refused without a crash, and no folder of the trainer's own is left behind")
    func hostile() throws {
        let program = try TrainingLibrary.compile(
            Library.programs.appending(path: "hostile_trainer.c"),
            flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
        let temporary = try TrainingLibrary.folder("temporary")
        let outcome = try Library.run(
            [
                program, try TrainingLibrary.model(.retinaFaceMobileNet025), try HostileTests.files(),
                try TrainingLibrary.folder("empty"),
            ], ["ASAN_OPTIONS": "detect_leaks=0", "TMPDIR": temporary])
        #expect(outcome.status == 0 && outcome.output == "no crash, no wrong status\n", "\(outcome.text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary) == [])
    }

    @Test(
        "pictures from memory are learned; a run cancelled twice and gone on with gives the same bytes as one that was not"
    )
    func memory() throws {
        let program = try TrainingLibrary.compile(
            Library.programs.appending(path: "train_in_memory.c"), libraries: ["ocellus_training", "ocellus"])
        let folder = try TrainingLibrary.folder("trained")
        let outcome = try Library.run([program, try TrainingLibrary.model(.retinaFaceMobileNet025), folder])
        #expect(outcome.status == 0 && outcome.output == "trained\n", "\(outcome.text)")
        for name in ["", ".float"] {
            let whole = try Data(contentsOf: URL(filePath: "\(folder)/whole\(name).safetensors"))
            #expect(try whole == Data(contentsOf: URL(filePath: "\(folder)/parts\(name).safetensors")))
            #expect(whole.count > 100_000)
        }
    }

    /// Ten pictures of one square each, labelled as VOC does; one label is wrong.
    private static func squares() throws -> String {
        let folder = try TrainingLibrary.folder("squares")
        for number in 0..<10 {
            let (left, top, side) = (10 + number * 8, 5 + number * 7 % 40, 30 + number * 4)
            var pixels = [UInt8](repeating: 60, count: 160 * 120 * 3)
            for y in top..<min(top + side, 120) {
                for x in left..<min(left + side, 160) { pixels[(y * 160 + x) * 3] = 250 }
            }
            try (Data("P6\n160 120\n255\n".utf8) + Data(pixels)).write(to: URL(filePath: "\(folder)/\(number).ppm"))
            let right = number == 4 ? left : min(left + side, 160)
            try """
            <annotation><filename>\(number).ppm</filename><object><name>square</name><bndbox><xmin>\(left + 1)</xmin>\
            <ymin>\(top + 1)</ymin><xmax>\(right)</xmax><ymax>\(min(top + side, 120))</ymax></bndbox></object></annotation>
            """.write(toFile: "\(folder)/\(number).xml", atomically: true, encoding: .utf8)
        }
        return folder
    }

    @Test("the example learns a folder's class with progress, names the wrong label, and writes an int8 model")
    func example() throws {
        let example = Library.repository.appending(path: "examples/finetune.c")
        let program = try TrainingLibrary.compile(example, flags: ["-std=c99", "-pedantic"])
        let out = try TrainingLibrary.folder("example") + "/square.safetensors"
        let model = try TrainingLibrary.model(.mobileNetSSDTensorFlow)
        let folder = try Self.squares()
        let outcome = try Library.run([program, model, folder, out, "square"])
        #expect(outcome.status == 0, "\(outcome.text)")
        #expect(outcome.output.contains("9 pictures to learn from, 1 to measure on"))
        #expect(outcome.output.contains("float step 40/40, epoch 40/40, loss "))
        #expect(outcome.output.contains("int8 step 4/4"))
        #expect(outcome.output.contains(#/after, int8: average precision [01]\.\d{3}/#))
        #expect(outcome.errors.contains("4.xml") && outcome.errors.contains("box 1"))
        let trained = try Model(try ModelFile(path: out))
        #expect(trained.description.labels == ["square"] && trained.description.precision == .int8)
        #expect(trained.description.provenance.contains { $0.key == "measured in int8" })
        // Started again, it finds the run finished and writes the same model.
        let bytes = try Data(contentsOf: URL(filePath: out))
        let again = try Library.run([program, model, folder, out, "square"])
        #expect(again.status == 0 && !again.output.contains("step"))
        #expect(try Data(contentsOf: URL(filePath: out)) == bytes)
    }
}
