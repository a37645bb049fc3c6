// Between the phases: from the float model to integers that it is to learn with.
import Ocellus
import OcellusData
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension FineTune {
    /// The same function with channels of one size, and its integers: from plain training pictures, evenly taken from all.
    /// A run that goes on takes those that are there, if they are of the same model and pictures.
    func calibrate(_ model: Model) throws -> (equalized: Model, calibrated: Model) {
        let equalizedPath = plan.path(.quantized, "equalized.safetensors")
        let calibratedPath = plan.path(.quantized, "calibrated.safetensors")
        let identityPath = plan.path(.quantized, "calibrated.txt")
        let identity = calibrationIdentity(of: model)
        if plan.resumes, FileSystem.exists(identityPath), FileSystem.exists(equalizedPath),
            FileSystem.exists(calibratedPath), try text(of: identityPath) == identity
        {
            return (try Model(ModelFile(path: equalizedPath)), try Model(ModelFile(path: calibratedPath)))
        }
        let equalization = try ModelEqualization(model)
        try forPlainPictures { try equalization.observe($0) }
        let equalized = try equalization.equalized()
        let quantization = try PostTrainingQuantization(equalized, method: plan.calibration)
        try forPlainPictures { try quantization.observe($0) }
        let calibrated = try quantization.quantized()
        // The text comes last: with it, both models are there and are of this run.
        FileSystem.removeFile(identityPath)
        try equalized.write(to: equalizedPath)
        try calibrated.write(to: calibratedPath)
        let bytes = Array(identity.utf8)
        try bytes.withUnsafeBufferPointer { bytes throws(OcellusError) in
            try FileBytes.write(bytes, to: identityPath)
        }
        return (equalized, calibrated)
    }

    private func text(of path: String) throws(OcellusError) -> String {
        let content = try FileBytes(path: path)
        return withExtendedLifetime(content) { String(decoding: content.bytes, as: UTF8.self) }
    }

    private func forPlainPictures(_ body: (ImageView) throws -> Void) throws {
        let count = min(plan.calibrationPictures, source.count)
        for index in 0..<count { try body(try source.plain(at: index * source.count / count).image.view) }
    }
}

extension QuantizedNetwork {
    /// What each node's bytes can hold; empty where a value has no bytes.
    var ranges: [ValueRange] {
        formats.map { format in
            if case .bytes(let quantization) = format { return quantization.range }
            return .empty
        }
    }
}
