// The ways in which other projects take the library: pkg-config, CMake, the Swift package.
import Foundation
import Testing

@Suite struct ConsumerTests {
    private static let example = Library.repository.appending(path: "examples/detect.c")

    /// What the example says of a blank picture and of a missing model: proof that it was linked and runs, with the model
    /// inside the library.
    private static func runs(_ program: String) throws {
        let picture = try Picture.blank()
        let outcome = try Library.run([program, picture.path])
        #expect(outcome.status == 0 && outcome.output == "nothing found\n" && outcome.errors == "")
        let missing = try Library.run([program, "missing.safetensors", picture.path])
        #expect(missing.status == 1)
        #expect(missing.errors == "detect: cannot read missing.safetensors: No such file or directory\n")
    }

    @Test(
        "a program built with pkg-config runs as it is, wherever the library was installed",
        arguments: ["gcc", "clang"])
    func pkgConfig(compiler: String) throws {
        let environment = ["PKG_CONFIG_PATH": "\(try Library.prefix.path)/lib/pkgconfig"]
        let flags = try Library.run(["pkg-config", "--cflags", "--libs", "ocellus"], environment)
        #expect(flags.status == 0)
        let program = Library.work.appending(path: "door-\(compiler)").path
        let words = flags.output.split(whereSeparator: \.isWhitespace).map(String.init)
        let built = try Library.run(
            [compiler, "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", Self.example.path] + words
                + ["-o", program])
        #expect(built.status == 0, "\(built.text)")
        try Self.runs(program)
        let version = try Library.run(["pkg-config", "--modversion", "ocellus"], environment)
        #expect(try Library.header.contains("#define OCELLUS_VERSION \"\(version.output.dropLast())\"\n"))
    }

    @Test("the live example compiles as C99 and says what is wrong with a missing camera")
    func liveExample() throws {
        let program = try Library.compile(
            Library.repository.appending(path: "examples/live.c"), flags: ["-std=c99", "-pedantic"])
        let outcome = try Library.run([program, "-", "/dev/no-such-camera"])
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(outcome.errors.hasPrefix("live: there is no /dev/no-such-camera"))
        #expect(try Library.run([program]).status == 2)
    }

    @Test("find_package gives a shared and a static target, also after the installed folder was moved")
    func findPackage() throws {
        let moved = Library.work.appending(path: "moved")
        try FileManager.default.copyItem(at: try Library.prefix, to: moved)
        let build = Library.work.appending(path: "cmake-build").path
        let project = Library.repository.appending(path: "examples/cmake-consumer").path
        let configured = try Library.run(["cmake", "-S", project, "-B", build, "-DCMAKE_PREFIX_PATH=\(moved.path)"])
        #expect(configured.status == 0, "\(configured.text)")
        let built = try Library.run(["cmake", "--build", build])
        #expect(built.status == 0, "\(built.text)")
        for name in ["detect", "detect_static"] { try Self.runs("\(build)/\(name)") }
        let needed = try Library.run(["readelf", "--dynamic", "\(build)/detect_static"]).output
        #expect(!needed.contains("libocellus"))
    }

    @Test("find_package refuses a newer version than the installed one", arguments: ["0.99", "1.0"])
    func findPackageVersion(version: String) throws {
        let folder = Library.work.appending(path: "cmake-\(version)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try """
        cmake_minimum_required(VERSION 3.16)
        project(Newer C)
        find_package(Ocellus \(version) REQUIRED)
        """.write(to: folder.appending(path: "CMakeLists.txt"), atomically: true, encoding: .utf8)
        let outcome = try Library.run([
            "cmake", "-S", folder.path, "-B", folder.path + "/build", "-DCMAKE_PREFIX_PATH=\(try Library.prefix.path)",
        ])
        #expect(outcome.status != 0 && outcome.errors.contains("requested version \"\(version)\""))
    }

    @Test("a packager's DESTDIR stays out of what is written into the files")
    func destination() throws {
        let stage = Library.work.appending(path: "stage")
        _ = try Library.prefix
        let outcome = try Library.run([
            "make", "-C", Library.repository.path, "install", "PREFIX=/usr", "DESTDIR=\(stage.path)",
        ])
        #expect(outcome.status == 0, "\(outcome.text)")
        for name in ["pkgconfig/ocellus.pc", "cmake/Ocellus/OcellusConfig.cmake"] {
            let text = try String(contentsOf: stage.appending(path: "usr/lib/\(name)"), encoding: .utf8)
            #expect(!text.contains(stage.path) && !text.contains("@"))
            #expect(!text.contains("rpath"))
        }
    }

    @Test("the Swift example builds as a package of its own and says what is wrong with a missing model")
    func swiftExample() throws {
        let package = Library.repository.appending(path: "examples/swift-detect").path
        let scratch = Library.repository.appending(path: ".build-example").path
        let built = try Library.run(["swift", "build", "--package-path", package, "--scratch-path", scratch])
        #expect(built.status == 0, "\(built.text)")
        let outcome = try Library.run(["\(scratch)/debug/detect", "missing.safetensors", try Picture.blank().path])
        #expect(outcome.status == 1 && outcome.errors.contains("missing.safetensors"))
        #expect(try Library.run(["\(scratch)/debug/detect", "x", "/dev/null"]).errors.contains("P6"))
    }
}

enum Picture {
    /// A grey picture of 64x48 as binary PPM, with a comment in its header.
    static func blank() throws -> URL {
        let file = Library.work.appending(path: "blank.ppm")
        try (Data("P6 # grey\n64 48\n255\n".utf8) + Data(repeating: 128, count: 64 * 48 * 3)).write(to: file)
        return file
    }
}
