// `ocellus detect`: pictures in; lines, JSON or annotated pictures out. A picture that cannot be read does not stop
// the others; the status says at the end whether all went well.
import ArgumentParser
import Foundation
import Ocellus
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusTensor

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Finds faces or objects in pictures.",
        usage: "ocellus detect <pictures> ... [--model <file>] [<options>]",
        discussion: """
            Pictures are JPEG, PNG, PPM or PGM files, or folders of them. A line a picture and a line a detection: class, \
            score, and the box as left,top widthxheight in pixels of the picture. A picture that cannot be read is \
            reported, the others are still searched, and the status is 1.
            """)

    @Argument(help: ArgumentHelp("Pictures, or folders of pictures.", valueName: "pictures"))
    var images: [FilePath]

    @OptionGroup var model: ModelOptions
    @OptionGroup var thresholds: ThresholdOptions

    @Flag(help: "One line of JSON a picture: label, score, box [left, top, width, height], five landmarks of a face.")
    var json = false

    @Option(
        help: ArgumentHelp("Write the pictures with what was found, as JPEG, into this folder.", valueName: "folder"))
    var annotate: String?

    @Option(
        help: ArgumentHelp(
            "Also look at N x N overlapping parts of each picture, 1 to 8: finds smaller objects, takes that much longer.",
            valueName: "n"))
    var tile = 1

    func validate() throws {
        guard 1...8 ~= tile else { throw ValidationError("--tile \(tile): must be 1 to 8") }
        if annotate == "" { throw ValidationError("--annotate needs a folder") }
    }

    func run() throws {
        let loaded = try model.load()
        let detector = try TiledDetector(
            try Detector(loaded, options: Detector.Options(model, thresholds)), tiles: tile)
        let entries = PictureList.expand(images)
        let gallery = try annotate.map { folder throws(OcellusError) in
            let sources = entries.compactMap { entry -> FilePath? in
                if case .picture(let path) = entry { return path }
                return nil
            }
            return try Gallery(folder: folder, sources: sources, description: loaded.description)
        }
        let progress = Progress(total: entries.count)
        var failures = 0
        for (index, entry) in entries.enumerated() {
            progress.show(done: index)
            do throws(OcellusError) {
                let line = try search(entry, detector, loaded.description, gallery)
                Output.line(line)
            } catch {
                failures += 1
                progress.clear()
                Report.failure(error.message)
            }
        }
        progress.clear()
        if failures > 0 { throw ExitCode(1) }
    }

    private func search(
        _ entry: PictureList.Entry, _ detector: TiledDetector, _ description: ModelDescription, _ gallery: Gallery?
    ) throws(OcellusError) -> String {
        let path: FilePath
        switch entry {
        case .failure(let reason): throw OcellusError(code: .io, text: reason)
        case .picture(let file): path = file
        }
        let picture = try PictureFile.read(path)
        let start = DispatchTime.now().uptimeNanoseconds
        let found = try detector.detect(picture.view)
        let milliseconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
        let result = PictureResult(
            path: path, width: picture.width, height: picture.height,
            detections: Array(found.prefix(thresholds.maximum)), description: description)
        let annotated = try gallery?.add(picture, result)
        return json ? result.json.line : result.text(milliseconds: milliseconds, annotated: annotated)
    }
}

extension PictureFile {
    /// Throws for the name of a picture to write that does not say its format: before the work, not after it.
    static func checkOption(_ option: String, _ path: String?) throws {
        guard let path else { return }
        do throws(OcellusError) { try requireWritable(path) } catch {
            throw ValidationError("\(option) \(error.message)")
        }
    }

    /// As `read(path:)`, for names that need not be UTF-8.
    static func read(_ path: FilePath, maximumSide: Int? = nil) throws(OcellusError) -> RGBImage {
        if let status = path.status, status.st_mode & S_IFMT != S_IFREG {
            throw OcellusError(.io, "\(path.text): a pipe, device or folder: expected a picture file")
        }
        return try path.withOpenablePath { openable throws(OcellusError) in
            let file = try FileBytes(path: openable)
            return try decode(bytes: file.bytes, name: path.text, maximumSide: maximumSide)
        }
    }
}
