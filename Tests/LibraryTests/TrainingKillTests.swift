// A program that trains through the C functions and is killed while it writes, again and again: what is there afterwards.
import Foundation
import OcellusModels
import OcellusNetwork
import Testing

@Suite struct TrainingKillTests {
    @Test("killed while files are written and started again, a program ends with the bytes of one that was left alone")
    func killed() throws {
        let program = try TrainingLibrary.compile(Library.programs.appending(path: "train_or_die.c"))
        let killer = Library.work.appending(path: "die-\(UUID()).so").path
        let source = Library.programs.appending(path: "die_at.c").path
        let built = try Library.run(["gcc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", source, "-o", killer])
        #expect(built.status == 0, "\(built.text)")
        let model = try TrainingLibrary.model(.retinaFaceMobileNet025)

        let whole = try TrainingLibrary.folder("left-alone")
        let undisturbed = try Library.run([program, model, whole + "/run", whole + "/model.safetensors"])
        #expect(undisturbed.status == 0 && undisturbed.output == "8 steps\n", "\(undisturbed.text)")

        let parts = try TrainingLibrary.folder("killed")
        var kills = 0
        // A later call each time: history, best model, checkpoint, the change of phase, the model itself.
        for call in stride(from: 1, to: 80, by: 2) {
            let outcome = try Library.run(
                [program, model, parts + "/run", parts + "/model.safetensors"],
                ["LD_PRELOAD": killer, "DIE_AT": "\(call)"])
            try expectWhole(parts)
            if outcome.status == 0 { break }
            kills += 1
            try #require(outcome.status == 137, "at call \(call): \(outcome.text)")
        }
        #expect(kills >= 10)
        let files = try names(whole + "/run")
        #expect(try names(parts + "/run") == files)
        for name in files.map({ "run/" + $0 }) + ["model.safetensors"] {
            let bytes = try Data(contentsOf: URL(filePath: "\(whole)/\(name)"))
            #expect(try Data(contentsOf: URL(filePath: "\(parts)/\(name)")) == bytes, "\(name)")
        }
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Every file that has its name already is complete, whenever the process died.
    private func expectWhole(_ folder: String) throws {
        let run = FileManager.default.fileExists(atPath: folder + "/run") ? try names(folder + "/run") : []
        let models = run.map { "run/" + $0 } + (try names(folder).filter { $0 != "run" })
        for name in models where name.contains(".safetensors") && !name.contains(".part-") {
            #expect(throws: Never.self, "\(name)") { try ModelFile(path: "\(folder)/\(name)") }
        }
    }
}
