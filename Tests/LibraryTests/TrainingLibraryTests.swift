// What `make training` puts into the file, and what its header says: the contract of libocellus_training.
import Foundation
import Testing

@Suite struct TrainingLibraryTests {
    @Test("it exports the functions that its header declares and nothing else, none of them libocellus's")
    func symbols() throws {
        let outcome = try Library.run(
            ["nm", "--dynamic", "--format=posix", "--defined-only", try TrainingLibrary.shared])
        let names = outcome.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        let functions = try Header.functions(in: TrainingLibrary.header)
        #expect(names.sorted() == functions)
        #expect(functions.count == 12)
        #expect(try Set(functions).isDisjoint(with: Header.functions()))
    }

    @Test("it needs system libraries, OpenBLAS and those for pictures alone, and no Swift runtime")
    func needed() throws {
        let text = try Library.run(["readelf", "--dynamic", "--wide", try TrainingLibrary.shared]).output
        let needed = text.matches(of: #/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/#).map { String($0.1) }
        // libstdc++ and libgcc come with the runtime.
        let allowed = [
            "libopenblas", "libexpat", "libz", "libm", "libstdc++", "libjpeg", "libpng16", "libgcc_s", "libc",
            "ld-linux",
        ]
        #expect(needed.contains { $0.hasPrefix("libopenblas.so") })
        #expect(
            needed.filter { name in !allowed.contains { name.hasPrefix($0 + ".so") || name.hasPrefix($0 + "-") } } == []
        )
        #expect(text.contains("Library soname: [libocellus_training.so.0]"))
        #expect(text.contains("BIND_NOW") && !text.contains("RUNPATH"))
    }

    @Test("the runtime inside and no Foundation, it is smaller than 10 MB")
    func size() throws {
        let path = URL(filePath: try TrainingLibrary.shared).resolvingSymlinksInPath().path
        let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(size > 1_000_000 && size < 10 << 20)
    }

    @Test(
        "the header compiles alone as C99 and as C++17, with gcc and clang, without a warning",
        arguments: [
            ["gcc", "-x", "c", "-std=c99"], ["g++", "-x", "c++", "-std=c++17"],
            ["clang", "-x", "c", "-std=c99"], ["clang++", "-x", "c++", "-std=c++17"],
        ])
    func headerCompilesAlone(compiler: [String]) throws {
        let source = try Library.file("alone-\(UUID()).txt", "#include \"ocellus_training.h\"\n")
        let flags = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", "-I", "include"]
        let outcome = try Library.run(compiler + flags + [source.path], in: Library.repository)
        #expect(outcome.status == 0 && outcome.text == "")
    }

    @Test("the sizes and offsets of the structs are those that were published")
    func layout() throws {
        let text = """
            #include <ocellus_training.h>
            #define SAME(expression, value) _Static_assert((expression) == (value), #expression)
            SAME(sizeof(ocellus_truth), 68);
            SAME(offsetof(ocellus_truth, label), 16);
            SAME(offsetof(ocellus_truth, landmarks), 28);
            SAME(sizeof(ocellus_training_measure), 12);
            SAME(sizeof(ocellus_training_metrics), 44);
            SAME(offsetof(ocellus_trainer_options, threads), 24);
            SAME(offsetof(ocellus_trainer_options, checkpoint_steps), 44);
            SAME(offsetof(ocellus_trainer_options, folder), 48);
            SAME(offsetof(ocellus_training_progress, loss), 24);
            SAME(offsetof(ocellus_training_progress, seconds_left), 56);
            SAME(OCELLUS_CANCELLED, 100);
            int main(void) { return 0; }
            """
        _ = try TrainingLibrary.compile(try Library.file("training-layout.c", text))
    }

    @Test("every declared function is implemented under the compiler's comparison, and nothing else is exported")
    func everyFunctionIsCompared() throws {
        let folder = Library.repository.appending(path: "Sources/OcellusTrainingC").resolvingSymlinksInPath()
        let text = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
        let compared = text.matches(of: #/@c @implementation\s+public func (\w+)/#).map { String($0.1) }.sorted()
        #expect(try compared == Header.functions(in: TrainingLibrary.header))
        #expect(text.matches(of: #/@_?c\b|@_cdecl/#).count == compared.count)
    }

    @Test("find_package finds it as a component, and says how to get it where it is not")
    func findPackage() throws {
        let folder = try TrainingLibrary.folder("training-cmake")
        try """
        cmake_minimum_required(VERSION 3.16)
        project(Training C)
        find_package(Ocellus 0.1 REQUIRED COMPONENTS training)
        add_executable(finetune \(Library.repository.path)/examples/finetune.c)
        target_link_libraries(finetune PRIVATE Ocellus::ocellus_training m)
        """.write(toFile: folder + "/CMakeLists.txt", atomically: true, encoding: .utf8)
        let prefix = try TrainingLibrary.prefix.path
        let configured = try Library.run([
            "cmake", "-S", folder, "-B", folder + "/build", "-DCMAKE_PREFIX_PATH=\(prefix)",
        ])
        #expect(configured.status == 0, "\(configured.text)")
        let built = try Library.run(["cmake", "--build", folder + "/build"])
        #expect(built.status == 0, "\(built.text)")
        #expect(try Library.run([folder + "/build/finetune"]).status == 2)
        // The same files without the component.
        let bare = folder + "/bare"
        try FileManager.default.createDirectory(atPath: bare + "/lib/cmake", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: prefix + "/lib/cmake/Ocellus", toPath: bare + "/lib/cmake/Ocellus")
        try FileManager.default.removeItem(atPath: bare + "/lib/cmake/Ocellus/OcellusTraining.cmake")
        let refused = try Library.run([
            "cmake", "-S", folder, "-B", folder + "/other", "-DCMAKE_PREFIX_PATH=\(bare)",
        ])
        #expect(refused.status != 0 && refused.errors.contains("install-training"), "\(refused.text)")
    }
}
