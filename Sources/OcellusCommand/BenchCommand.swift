// `ocellus bench`: times the whole way of a frame, picture to detections, and the network alone, in this process.
import ArgumentParser
import Foundation
import Ocellus
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusTensor

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how long a model takes on this machine.",
        usage: "ocellus bench [--model <file>] [<options>]",
        discussion: """
            A detection is the whole way from the picture in memory to its boxes: resize, network, decoding. Reading the \
            file is not counted. Runs before the measured ones warm up.
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var training: TrainingBenchOptions

    @Option(help: ArgumentHelp("Arithmetic, which must be the model's: float or int8.", valueName: "float|int8"))
    var precision: Precision?

    @Option(
        help: ArgumentHelp("Instruction set instead of the best one; 'ocellus info' lists them.", valueName: "name"))
    var kernels: String?

    @Option(help: ArgumentHelp("Picture to detect in (default: a test pattern of 640x480).", valueName: "picture"))
    var image: FilePath?

    @Option(help: ArgumentHelp("Measured runs, 1 to 1000000.", valueName: "count"))
    var runs = 100

    @Option(
        help: ArgumentHelp(
            "Milliseconds of rest before each detection, as between a camera's frames: 0 to 10000.", valueName: "ms"))
    var pause = 0

    @Flag(help: "Also show the time of every layer.")
    var layers = false

    @Flag(help: "One line of JSON.")
    var json = false

    func validate() throws {
        guard 1...1_000_000 ~= runs else { throw ValidationError("--runs \(runs): must be 1 to 1000000") }
        guard 0...10_000 ~= pause else { throw ValidationError("--pause \(pause): must be 0 to 10000") }
        if training.training {
            if training.architecture != nil, model.path != EmbeddedModel.faceName {
                throw ValidationError("--architecture and --model exclude each other")
            }
            for (name, isGiven) in [
                ("--pause", pause > 0), ("--precision", precision != nil), ("--kernels", kernels != nil),
                ("--image", image != nil), ("--layers", layers),
            ] where isGiven { throw ValidationError("\(name) is for detections: leave it out with --training") }
        }
        if json && layers { throw ValidationError("--json and --layers exclude each other") }
        if let kernels, KernelSet(named: kernels) == nil {
            let names = KernelSet.available.map(\.name).joined(separator: ", ")
            throw ValidationError("--kernels \(kernels): this machine has \(names)")
        }
    }

    func run() throws {
        if training.training { return try training.run(model, runs: runs, json: json) }
        var options = Detector.Options()
        options.threads = model.threads
        if let kernels, let set = KernelSet(named: kernels) { options.kernels = set }
        let loaded = try model.load()
        let own = loaded.description.precision
        guard precision == nil || precision == own else {
            throw OcellusError(
                .invalidArgument,
                "\(model.path): a model in \(own.name): "
                    + (own == .float
                        ? "make an integer one with 'ocellus quantize'" : "give the float model it was made of"))
        }
        let detector = try Detector(loaded, options: options)
        let picture = try image.map { try PictureFile.read($0) } ?? BenchCommand.pattern()
        for _ in 0..<max(3, runs / 10) { _ = try detector.detect(picture.view) }
        var whole: [Double] = []
        var network: [Double] = []
        for _ in 0..<runs {
            if pause > 0 { usleep(UInt32(pause) * 1000) }
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try detector.detect(picture.view)
            let middle = DispatchTime.now().uptimeNanoseconds
            // The last run has used the memory of the input for other values.
            try detector.prepare(picture.view)
            let prepared = DispatchTime.now().uptimeNanoseconds
            detector.network.run { _, _ in }
            network.append(Double(DispatchTime.now().uptimeNanoseconds - prepared) / 1e6)
            whole.append(Double(middle - start) / 1e6)
        }
        report(detector, Timing(whole), Timing(network))
        if layers { LayerTable(detector).show() }
    }

    private func report(_ detector: Detector, _ whole: Timing, _ network: Timing) {
        let work = detector.network.graph.multiplyAccumulates
        let kernels = detector.network.kernels
        let memory = Double(BenchCommand.peakResidentKilobytes()) / 1024
        if json {
            let fields: [(String, JSONValue)] = [
                ("model", .text(model.path)), ("precision", .text(detector.description.precision.name)),
                ("threads", .integer(model.threads)), ("kernels", .text(kernels)), ("macs", .integer(work)),
                ("runs", .integer(runs)), ("median_ms", .number(whole.median, digits: 4)),
                ("min_ms", .number(whole.minimum, digits: 4)), ("p99_ms", .number(whole.percentile99, digits: 4)),
                ("peak_rss_mb", .number(memory, digits: 1)),
            ]
            Output.line(JSONValue.object(fields).line)
            return
        }
        let rest = pause > 0 ? ", \(pause) ms of rest before each detection" : ""
        Output.line(
            "\(printable(model.path))  \(detector.description.precision.name), \(kernels), "
                + counted(model.threads, "thread", "threads") + rest)
        Output.line(
            String(
                format: "detection  median %.3f ms, minimum %.3f ms, 99 of 100 within %.3f ms (%d runs)", whole.median,
                whole.minimum, whole.percentile99, runs))
        Output.line(
            String(
                format: "network    median %.3f ms, minimum %.3f ms, %.1f GMAC/s; peak memory %.1f MB", network.median,
                network.minimum, Double(work) / network.median / 1e6, memory))
    }

    /// A picture with edges and gradients of all sizes, the same everywhere.
    private static func pattern() throws(OcellusError) -> RGBImage {
        let image = try RGBImage(width: 640, height: 480)
        for y in 0..<480 {
            for x in 0..<640 {
                for c in 0..<3 {
                    image.pixels.pointer[(y * 640 + x) * 3 + c] = UInt8((x * (c + 1) + y * 2 + x * y / 64) & 255)
                }
            }
        }
        return image
    }

    static func peakResidentKilobytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}

/// Order statistics of measured milliseconds.
struct Timing {
    let minimum: Double
    let median: Double
    let percentile99: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        minimum = sorted[0]
        median = sorted[sorted.count / 2]
        percentile99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    }
}
