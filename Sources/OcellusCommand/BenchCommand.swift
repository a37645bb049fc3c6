// `ocellus bench`: times the whole way of a frame, picture to detections, and the network alone, in this process.
import ArgumentParser
import Foundation
import Ocellus
import OcellusFiles
import OcellusImage
import OcellusTensor

struct BenchCommand: ParsableCommand {
    enum Precision: String, ExpressibleByArgument, CaseIterable { case float }

    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how long a model takes on this machine.",
        discussion: "median, minimum and 99th percentile are of whole detections: resize, network, decoding.")

    @OptionGroup var model: ModelOptions

    @Option(help: "Arithmetic: float.")
    var precision = Precision.float

    @Option(help: "Picture to detect in (default: a 640x480 test pattern).")
    var image: String?

    @Option(help: "Measured runs.")
    var runs = 100

    @Flag(help: "Also show the time of every layer.")
    var layers = false

    @Flag(help: "One line of JSON.")
    var json = false

    func validate() throws {
        guard runs > 0 else { throw ValidationError("--runs must be at least 1") }
        if json && layers { throw ValidationError("--json and --layers exclude each other") }
    }

    func run() throws {
        var options = Detector.Options()
        options.threads = model.threads
        let detector = try Detector(try model.load(), options: options)
        let picture = try image.map { try PictureFile.read(path: $0) } ?? BenchCommand.pattern()
        for _ in 0..<max(3, runs / 10) { _ = try detector.detect(picture.view) }
        var whole: [Double] = []
        var network: [Double] = []
        for _ in 0..<runs {
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try detector.detect(picture.view)
            let middle = DispatchTime.now().uptimeNanoseconds
            detector.network.run()
            network.append(Double(DispatchTime.now().uptimeNanoseconds - middle) / 1e6)
            whole.append(Double(middle - start) / 1e6)
        }
        report(detector, Timing(whole), Timing(network))
        if layers { try LayerTable(detector).show() }
    }

    private func report(_ detector: Detector, _ whole: Timing, _ network: Timing) {
        let work = detector.network.graph.multiplyAccumulates
        let kernels = detector.network.kernels.name
        let memory = Double(peakResidentKilobytes()) / 1024
        if json {
            let fields: [(String, JSONValue)] = [
                ("model", .text(model.model)), ("precision", .text(precision.rawValue)),
                ("threads", .integer(model.threads)), ("kernels", .text(kernels)), ("macs", .integer(work)),
                ("runs", .integer(runs)), ("median_ms", .number(whole.median, digits: 4)),
                ("min_ms", .number(whole.minimum, digits: 4)), ("p99_ms", .number(whole.percentile99, digits: 4)),
                ("network_median_ms", .number(network.median, digits: 4)),
                ("network_min_ms", .number(network.minimum, digits: 4)), ("peak_rss_mb", .number(memory, digits: 1)),
            ]
            print(JSONValue.object(fields).line)
            return
        }
        print("\(model.model)  \(precision.rawValue), \(kernels), \(model.threads) thread\(model.threads == 1 ? "" : "s")")
        print(
            String(
                format: "detection  median %.3f ms, minimum %.3f, 99 %% within %.3f (%d runs)", whole.median,
                whole.minimum, whole.percentile99, runs))
        print(
            String(
                format: "network    median %.3f ms, minimum %.3f, %.1f GMAC/s; peak memory %.1f MB", network.median,
                network.minimum, Double(work) / network.median / 1e6, memory))
    }

    /// A picture with edges and gradients of all sizes, the same everywhere.
    private static func pattern() throws(OcellusError) -> RGBImage {
        let image = try RGBImage(width: 640, height: 480)
        for y in 0..<480 {
            for x in 0..<640 {
                for c in 0..<3 { image.pixels.pointer[(y * 640 + x) * 3 + c] = UInt8((x * (c + 1) + y * 2 + x * y / 64) & 255) }
            }
        }
        return image
    }

    private func peakResidentKilobytes() -> Int {
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
