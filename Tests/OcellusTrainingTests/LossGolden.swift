// What PyTorch computed (Tests/References/loss_goldens.py), and the memory to compute the same.
import Foundation
import OcellusDetection
import OcellusNetwork
import OcellusTensor
import OcellusTraining

/// The arrays of one case of losses.safetensors.
struct LossGolden {
    static let pictures = 3
    static let anchors = 32

    let name: String
    private let file: ModelFile

    init(_ name: String) throws {
        self.name = name
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/losses.safetensors")
        file = try ModelFile(path: path.path)
    }

    func has(_ array: String) -> Bool { file.tensor(Name("\(name).\(array)")) != nil }

    func buffer(_ array: String) throws -> Buffer<Float> { try file.floats(of: Name("\(name).\(array)")).values }

    func floats(_ array: String) throws -> [Float] {
        let buffer = try buffer(array)
        return withExtendedLifetime(buffer) { Array(buffer.elements) }
    }

    func targets() throws -> AnchorTargets {
        let targets = try AnchorTargets(batch: LossGolden.pictures, anchors: LossGolden.anchors)
        for (index, label) in try floats("labels").enumerated() { targets.labels.pointer[index] = Int32(label) }
        try copy("box_targets", to: targets.boxes)
        if has("landmarks") {
            try copy("landmark_targets", to: targets.landmarks)
            try copy("landmark_weights", to: targets.landmarkWeights)
        }
        return targets
    }

    private func copy(_ array: String, to target: Buffer<Float>) throws {
        for (index, number) in try floats(array).enumerated() { target.pointer[index] = number }
    }

    func heads(_ prefix: String = "") throws -> Heads {
        try Heads(
            scores: buffer(prefix + "scores"), boxes: buffer(prefix + "boxes"),
            landmarks: has(prefix + "landmarks") ? buffer(prefix + "landmarks") : nil)
    }
}

/// Head rows with their gradients, in memory of their own.
struct Heads {
    let scores: Buffer<Float>
    let boxes: Buffer<Float>
    let landmarks: Buffer<Float>?
    let scoreGradients: Buffer<Float>
    let boxGradients: Buffer<Float>
    let landmarkGradients: Buffer<Float>?

    init(scores: Buffer<Float>, boxes: Buffer<Float>, landmarks: Buffer<Float>?) throws {
        self.scores = scores
        self.boxes = boxes
        self.landmarks = landmarks
        scoreGradients = try Buffer(count: scores.count)
        boxGradients = try Buffer(count: boxes.count)
        landmarkGradients = try landmarks.map { try Buffer(count: $0.count) }
    }

    var rows: HeadRows {
        HeadRows(
            scores: UnsafeBufferPointer(scores.elements), boxes: UnsafeBufferPointer(boxes.elements),
            landmarks: landmarks.map { UnsafeBufferPointer($0.elements) })
    }

    var gradients: HeadGradients {
        HeadGradients(
            scores: scoreGradients.elements, boxes: boxGradients.elements, landmarks: landmarkGradients?.elements)
    }
}
