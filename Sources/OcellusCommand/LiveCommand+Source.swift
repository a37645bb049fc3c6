// `ocellus live`: which source the arguments mean, and where its preview listens.
import Foundation
import OcellusCamera
import OcellusFiles
import OcellusLive
import OcellusModels
import OcellusTensor

extension LiveCommand {
    private var isStandardInput: Bool { sources.first?.bytes == [UInt8(ascii: "-")] }

    /// A device node, or nothing at all.
    var isCamera: Bool {
        guard let first = sources.first else { return true }
        guard !isStandardInput, sources.count == 1 else { return false }
        guard let status = first.status else { return first.text.hasPrefix("/dev/") }
        return status.st_mode & S_IFMT == S_IFCHR
    }

    func openSource() throws(OcellusError) -> any FrameSource {
        if isStandardInput { return try openStandardInput() }
        if isCamera { return try openCamera() }
        var paths: [FilePath] = []
        for entry in PictureList.expand(sources) {
            switch entry {
            case .picture(let path): paths.append(path)
            case .failure(let reason): throw OcellusError(code: .io, text: reason)
            }
        }
        let name = sources.map { printable($0.text) }.joined(separator: " ")
        return PictureSource(count: paths.count, summary: "\(name)  \(counted(paths.count, "picture", "pictures"))") {
            index throws(OcellusError) in
            do throws(OcellusError) {
                return try PictureFile.read(paths[index])
            } catch {
                Report.failure(error.message)
                throw error
            }
        }
    }

    private func openStandardInput() throws(OcellusError) -> StreamSource {
        guard sources.count == 1 else {
            throw OcellusError(.invalidArgument, "'-' cannot stand beside other sources")
        }
        guard isatty(STDIN_FILENO) == 0 else {
            throw OcellusError(
                .invalidArgument,
                "standard input is the keyboard: pipe frames into 'ocellus live -', for example with "
                    + "'rpicam-vid --nopreview -t 0 --codec mjpeg -o - | ocellus live -'")
        }
        let code = try frames.format.map { name throws(OcellusError) -> FourCC in try formatCode(name) } ?? .mjpeg
        let format = FrameFormat(code: code, width: frames.size?.width ?? 0, height: frames.size?.height ?? 0)
        var status = stat()
        // A recording is not live: none of its frames is out of date.
        let isFile = fstat(STDIN_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        return try StreamSource(
            descriptor: STDIN_FILENO, name: "standard input", format: format,
            keepsEveryFrame: frames.everyFrame || isFile)
    }

    private func openCamera() throws(OcellusError) -> any FrameSource {
        var options = CameraOptions()
        if let size = frames.size { (options.width, options.height) = (size.width, size.height) }
        options.framesPerSecond = frames.fps ?? 0
        if let name = frames.format { options.format = try formatCode(name) }
        options.lossPolicy = frames.onLost == .wait ? .wait : .exit
        guard let path = sources.first?.text else {
            guard CameraList.devices().contains(where: \.isUsable) else { throw LiveDevices.none() }
            return CameraSource(try Camera(options: options))
        }
        return CameraSource(try Camera(path: path, options: options))
    }

    private func formatCode(_ name: String) throws(OcellusError) -> FourCC {
        guard let code = FourCC(name) else {
            throw OcellusError(
                .invalidArgument,
                "--format \(name): expected yuyv, nv12, i420, rgb, bgr, grey, mjpeg, or another format's four letters")
        }
        return code
    }

    /// The page, unless it is not wanted. A port that nobody asked for may be another one.
    func openPreview(_ description: ModelDescription) throws(OcellusError) -> PreviewServer? {
        let names = ["background"] + (0..<description.labels.count).map { description.label($0 + 1) }
        if let wanted = display.preview {
            return try PreviewAddress(wanted).map { address throws(OcellusError) in
                try PreviewServer(address, names: names)
            }
        }
        guard !display.json, isCamera else { return nil }
        for port in 8080..<8090 as Range<UInt16> {
            if let server = try? PreviewServer(PreviewAddress(port: port), names: names) { return server }
        }
        return try PreviewServer(PreviewAddress(port: 0), names: names)
    }
}
