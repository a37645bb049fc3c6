// One run of a Linux kernel with test cameras (Tests/CameraVM), shared by all tests here: the programs there are linked
// with the library's archive, what they capture is looked at outside.
import Foundation
import OcellusFiles
import OcellusImage
import Testing

enum CameraVM {
    static let folder = Library.repository.appending(path: "Tests/CameraVM")
    /// On a machine for continuous integration nothing is skipped: what is missing there is a failure.
    static let isRequired = ProcessInfo.processInfo.environment["CI"].map { $0 != "" && $0 != "false" } ?? false
    /// Whether there is what it takes to run the kernel.
    static let isPossible = ["qemu-system-x86_64", "busybox", "cpio", "modprobe"].allSatisfy { program in
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// What came out of the run.
    struct Run {
        let folder: URL
        let lines: [String]

        /// What follows `prefix` in the line that begins with it.
        func line(_ prefix: String) throws -> String {
            guard let line = lines.first(where: { $0.hasPrefix(prefix) }) else {
                throw Failure(description: "no line '\(prefix)' in:\n\(lines.joined(separator: "\n"))")
            }
            return String(line.dropFirst(prefix.count))
        }

        func bytes(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: folder.appending(path: "out/\(name)")))
        }
    }

    private static let outcome = Result<Run, Error> {
        let work = Library.work.appending(path: "camera-vm")
        for name in ["bin", "lib", "pictures"] {
            try FileManager.default.createDirectory(at: work.appending(path: name), withIntermediateDirectories: true)
        }
        for name in ["capture", "control", "faults", "feed", "opening"] {
            let program = try Library.compile(folder.appending(path: "Programs/\(name).c"), .archive)
            try FileManager.default.moveItem(atPath: program, toPath: work.appending(path: "bin/\(name)").path)
        }
        try copyLibraries(to: work.appending(path: "lib"))
        try writePictures(to: work.appending(path: "pictures"))
        try FileManager.default.copyItem(at: folder.appending(path: "start.sh"), to: work.appending(path: "start.sh"))
        let outcome = try Library.run(
            [folder.appending(path: "vm.sh").path, "run", work.path], in: Library.repository)
        let lines = outcome.output.split(whereSeparator: \.isNewline).map(String.init)
        guard outcome.status == 0, lines.last?.hasPrefix("# end") == true else {
            throw Failure(description: "the camera VM ended with \(outcome.status): \(outcome.text)")
        }
        return Run(folder: work, lines: lines)
    }

    /// The run, made when it is first asked for.
    static var run: Run { get throws { try outcome.get() } }

    /// The loader and the libraries that the programs use, or load when they need them.
    private static func copyLibraries(to target: URL) throws {
        let table = try Library.run(["/sbin/ldconfig", "-p"]).output
        for (name, copy) in [
            ("ld-linux-x86-64.so.2", "ld.so"), ("libc.so.6", "libc.so.6"), ("libm.so.6", "libm.so.6"),
            ("libturbojpeg.so.0", "libturbojpeg.so.0"), ("libv4lconvert.so.0", "libv4lconvert.so.0"),
            ("libjpeg.so.62", "libjpeg.so.62"),
        ] {
            let line = table.split(separator: "\n").first { $0.contains("\t\(name) ") && $0.contains("x86-64") }
            guard let path = line?.components(separatedBy: " => ").last else {
                throw Failure(description: "\(name) is not installed: run scripts/dependencies.sh")
            }
            let resolved = URL(filePath: path).resolvingSymlinksInPath()
            try FileManager.default.copyItem(at: resolved, to: target.appending(path: copy))
        }
    }

    /// A face and its mirror image, as Motion JPEG and as YUYV frames.
    private static func writePictures(to folder: URL) throws {
        for (index, picture) in try portraits().enumerated() {
            let jpeg = try PictureFile.encode(picture, .jpeg)
            try Data(jpeg).write(to: folder.appending(path: "\(index).MJPG"))
            try Data(yuyv(picture)).write(to: folder.appending(path: "\(index).YUYV"))
            for format in ["MJPG", "YUYV"] {
                let size = Data("\(picture.width) \(picture.height)\n".utf8)
                try size.write(to: folder.appending(path: "\(format).size"))
            }
        }
    }

    static func portraits() throws -> [RGBImage] {
        let path = Library.repository.appending(path: "Tests/Goldens/retinaface_input_portrait.png").path
        let picture = try PictureFile.read(path: path)
        let mirrored = try RGBImage(width: picture.width, height: picture.height)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let from = picture.pixels.pointer + (y * picture.width + x) * 3
                let to = mirrored.pixels.pointer + (y * picture.width + picture.width - 1 - x) * 3
                for channel in 0..<3 { to[channel] = from[channel] }
            }
        }
        return [picture, mirrored]
    }

    /// BT.601 in limited range; two pixels share the colour of the first.
    private static func yuyv(_ picture: RGBImage) -> [UInt8] {
        (0..<picture.width * picture.height).flatMap { index in
            let own = picture.pixels.pointer + index * 3, pair = picture.pixels.pointer + index / 2 * 2 * 3
            func sum(_ pixel: UnsafePointer<UInt8>, _ offset: Double, _ factors: [Double]) -> UInt8 {
                let value = offset + (0..<3).reduce(0) { $0 + factors[$1] * Double(pixel[$1]) / 255 }
                return UInt8(min(max(value.rounded(), 0), 255))
            }
            let luma = sum(own, 16, [65.481, 128.553, 24.966])
            let colour =
                index % 2 == 0
                ? sum(pair, 128, [-37.797, -74.203, 112]) : sum(pair, 128, [112, -93.786, -18.214])
            return [luma, colour]
        }
    }
}
