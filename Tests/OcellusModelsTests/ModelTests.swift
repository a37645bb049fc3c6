// Models to files and back: what is written is read, and the folded model computes what the unfolded one does.
import Foundation
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

func withTemporaryFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "ocellus-\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

@Suite("Models") struct ModelTests {
    @Test("a model file gives back parameters and description", arguments: Architecture.allCases)
    func roundTrip(architecture: Architecture) throws {
        let original = try Model.smallRandom(architecture, seed: 1)
        try withTemporaryFile { path in
            try original.write(to: path)
            let model = try Model(try ModelFile(path: path))
            #expect(same(model.parameters, original.parameters))
            expectEqual(model.description, original.description)
            let first = try Data(contentsOf: URL(filePath: path))
            try model.write(to: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == first)
        }
    }

    @Test("every field of a description survives")
    func description() throws {
        let base = try Model.random(.retinaFaceMobileNet025, seed: 1)
        for fit: Preprocessing.Fit in [.stretch, .letterbox(.centred, .grey(114.5)), .letterbox(.topLeft, .mean)] {
            var description = base.description
            description.labels = ["Gesicht \"ü\"\t"]
            description.preprocessing = Preprocessing(
                inputWidth: 321, inputHeight: 123, channelOrder: .rgb, mean: [1.1, -2, 3e-7], scale: [0.1, 1e10, 3],
                fit: fit)
            description.scoreThreshold = 0.123456
            description.overlapThreshold = 1
            description.blendOverlap = fit == .stretch ? nil : 0.75
            description.provenance = [("data", "a\nb"), ("licence", "MIT"), ("", "empty key")]
            let model = try Model(description, base.parameters).folded()
            try withTemporaryFile { path in
                try model.write(to: path)
                expectEqual(try Model(try ModelFile(path: path)).description, model.description)
            }
        }
    }

    @Test("what was measured of the model that another is made from is said no more")
    func provenance() throws {
        let base = try Model.random(.retinaFaceMobileNet025, seed: 1)
        let old = base.adding([("data", "a"), ("measured", "AP .9"), ("measured in int8", "AP .8")])
        let new = old.adding([("teacher", "none"), ("measured in float", "AP .7")]).description.provenance
        #expect(new.map(\.key) == ["data", "teacher", "measured in float"])
        #expect(new.map(\.value) == ["a", "none", "AP .7"])
    }

    @Test("folded and unfolded give the same head rows", arguments: Architecture.allCases)
    func folded(architecture: Architecture) throws {
        let model = try Model.smallRandom(architecture, seed: 2)
        let folded = try model.folded()
        #expect(folded.description.isFolded && !model.description.isFolded)
        #expect(same(try folded.folded().parameters, folded.parameters))
        let input = model.graph.randomInput(seed: 3)
        let plain = try FloatExecutor(model.graph, model.parameters).outputs(for: input)
        let quick = try FloatExecutor(folded.graph, folded.parameters).outputs(for: input)
        #expect(model.graph.outputs.map(\.name) == folded.graph.outputs.map(\.name))
        for (found, expected) in zip(quick, plain) {
            #expect(relativeError(found, expected) <= 1e-4)
            // A network whose rows are all alike would agree with anything.
            #expect(Set(expected).count > 500)
        }
    }

    @Test("a missing or mis-sized parameter is named")
    func parameters() throws {
        let model = try Model.random(.retinaFaceMobileNet025, seed: 1)
        for name: Name in ["ssh2.conv7x7_3.0.weight", "ClassHead.1.conv1x1.bias", "body.stage1.0.1.running_var"] {
            var parameters = model.parameters
            parameters[name] = nil
            for (change, text) in [(nil, "no parameter"), ([Float(1)], "found [1]")] {
                if let change { parameters[name] = try Parameter(dimensions: [1], values: Buffer(change)) }
                let error = #expect(throws: OcellusError.self) { try Model(model.description, parameters) }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message.contains("\(name)") == true && error?.message.contains(text) == true)
            }
        }
    }

    private func same(_ left: Parameters, _ right: Parameters) -> Bool {
        left.names == right.names
            && left.names.allSatisfy { name in
                guard let a = left[name], let b = right[name] else { return false }
                return a.dimensions == b.dimensions && a.values.elements.elementsEqual(b.values.elements)
            }
    }

    private func expectEqual(_ left: ModelDescription, _ right: ModelDescription) {
        #expect(left.architecture == right.architecture)
        #expect(left.width == right.width)
        #expect(left.labels == right.labels)
        #expect(left.preprocessing == right.preprocessing)
        #expect(left.scoreThreshold == right.scoreThreshold)
        #expect(left.overlapThreshold == right.overlapThreshold)
        #expect(left.blendOverlap == right.blendOverlap)
        #expect(left.isFolded == right.isFolded)
        #expect(left.provenance.map(\.key) == right.provenance.map(\.key))
        #expect(left.provenance.map(\.value) == right.provenance.map(\.value))
    }
}
