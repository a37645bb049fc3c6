// Post-training quantisation on pictures: the same preprocessing as detection, then calibration, then integers.
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// Turns a float model into an integer one from pictures like those it will see. No labels are needed.
public final class PostTrainingQuantization {
    private let model: Model
    private let preprocessor: Preprocessor
    private let calibrator: Calibrator

    /// Throws `.invalidArgument` for a model that is quantised already.
    public init(_ model: Model, method: CalibrationMethod = .minMax) throws(OcellusError) {
        guard model.quantized == nil else {
            throw OcellusError(.invalidArgument, "the model is quantised already")
        }
        self.model = try model.folded()
        preprocessor = try Preprocessor(model.description.preprocessing)
        calibrator = try Calibrator(self.model.graph, self.model.parameters, method: method)
    }

    /// Watches the network's values on one picture.
    public func observe(_ image: ImageView) throws(OcellusError) {
        _ = try preprocessor.run(image, into: calibrator.input)
        calibrator.observe()
    }

    /// Throws `.invalidArgument` when no picture was observed and `.invalidData` that names a layer that cannot be.
    public func quantized() throws(OcellusError) -> Model {
        try model.quantized(ranges: try calibrator.ranges())
    }

    /// Compares `quantized` with the float model on `images`, a layer at a time.
    public func report(on quantized: Model) throws(OcellusError) -> LayerReport {
        guard let network = quantized.quantized else {
            throw OcellusError(.invalidArgument, "a report needs a quantised model")
        }
        return LayerReport(
            report: try QuantizationReport(network, model.parameters), preprocessor: preprocessor)
    }
}

/// Signal to noise of each layer, over the pictures it was shown.
public final class LayerReport {
    private let report: QuantizationReport
    private let preprocessor: Preprocessor

    init(report: QuantizationReport, preprocessor: Preprocessor) {
        self.report = report
        self.preprocessor = preprocessor
    }

    public func compare(_ image: ImageView) throws(OcellusError) {
        _ = try preprocessor.run(image, into: report.floatInput)
        _ = try preprocessor.run(image, into: report.byteInput)
        report.compare()
    }

    public var layers: [QuantizationReport.Layer] { report.layers }

    /// Throws `.invalidData` that names the worst layer when one does not survive.
    public func check() throws(OcellusError) { try report.check() }
}
