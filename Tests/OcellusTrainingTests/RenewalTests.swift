// Models that go on with other classes or thresholds: what stays, what starts anew, what cannot be.
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite struct RenewalTests {
    private static func model(_ architecture: Architecture, labels: [String]) throws -> Model {
        var description = architecture.defaultDescription()
        description.labels = labels
        return try Model(description, FormulaParameters.make(description.declare(), fresh: true))
    }

    @Test("other classes start the class heads anew and keep everything else")
    func classes() throws {
        let model = try Self.model(.mobileNetSSDCaffe, labels: ["cat"])
        let renewal = try model.renewed(labels: ["cat", "dog", "bird"], seed: 3)
        #expect(!renewal.renewed.isEmpty && renewal.kept + renewal.renewed.count == model.graph.parameters.count)
        for declaration in renewal.model.graph.parameters {
            let (old, new) = (model.parameters[declaration.name], renewal.model.parameters[declaration.name])
            let isKept = old.map { Array($0.values.elements) } == new.map { Array($0.values.elements) }
            #expect(isKept != renewal.renewed.contains(declaration.name), "\(declaration.name)")
        }
        #expect(try model.renewed(labels: ["cat"], seed: 3).renewed.isEmpty)
    }

    @Test("what a model file cannot hold is refused before a run: sides of the input, names of two lines")
    func writable() throws {
        let face = try Self.model(.retinaFaceMobileNet025, labels: ["face"])
        #expect(try face.resized(to: 32).description.preprocessing.inputWidth == 32)
        for size in [0, 31, 2049, Int.max] {
            let error = #expect(throws: OcellusError.self) { try face.resized(to: size) }
            #expect(error?.message == "an input of \(size)x\(size) pixels: each side must be 32 to 2048")
        }
        var description = Architecture.mobileNetSSDCaffe.defaultDescription()
        for name in ["traffic\nlight", "traffic\r\nlight"] {
            description.labels = ["cat", name]
            let error = #expect(throws: OcellusError.self) { try description.requireWritable() }
            #expect(error?.message.contains("the name of class 2") == true)
        }
    }

    @Test("an error beyond reason is a number like any other")
    func numbers() {
        #expect(Measurement.short(0.0714) == ".071" && Measurement.short(1.25) == "1.25")
        #expect(Measurement.short(9.3e15) == "9.3e+15" && Measurement.short(.infinity) == "none")
    }

    @Test("thresholds change alone, and numbers outside 0...1 are refused")
    func thresholds() throws {
        let model = try Self.model(.mobileNetSSDCaffe, labels: ["cat"])
        let changed = try model.reporting(from: 0.3, overlap: 0.5, blendingFrom: 0.8)
        #expect(changed.description.scoreThreshold == 0.3 && changed.description.overlapThreshold == 0.5)
        #expect(changed.description.blendOverlap == 0.8)
        #expect(try changed.reporting(overlap: 0.4).description.scoreThreshold == 0.3)
        for value: Float in [-0.1, 1.1, .nan] {
            #expect(throws: OcellusError.self) { try model.reporting(from: value) }
            #expect(throws: OcellusError.self) { try model.reporting(blendingFrom: value) }
        }
    }

    @Test("classes that do not compete cannot blend: asked for it is an error, with more classes it ends")
    func blending() throws {
        let apart = try Self.model(.mobileNetSSDCaffe, labels: ["cat", "dog"])
        let error = #expect(throws: OcellusError.self) { try apart.reporting(blendingFrom: 0.8) }
        #expect(error?.message.contains("found 2: leave it out") == true)
        let one = try Self.model(.mobileNetSSDCaffe, labels: ["cat"]).reporting(blendingFrom: 0.8)
        #expect(try one.renewed(labels: ["cat", "dog"], seed: 1).model.description.blendOverlap == nil)
        #expect(try one.renewed(labels: ["dog"], seed: 1).model.description.blendOverlap == 0.8)
        let competing = try Self.model(.mobileNetSSDTensorFlow, labels: ["cat", "dog"])
        #expect(try competing.reporting(blendingFrom: 0.8).description.blendOverlap == 0.8)
    }
}
