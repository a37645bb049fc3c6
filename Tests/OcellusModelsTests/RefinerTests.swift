// The refiner as a declaration and in a model file.
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Landmark refiner") struct RefinerTests {
    @Test("its sizes are as documented")
    func sizes() throws {
        let graph = try LandmarkRefiner.declare()
        #expect(graph.trainableParameterCount == 42_058)
        #expect(2.3e6...2.5e6 ~= Double(Folding(graph).graph.multiplyAccumulates))
    }

    private static func written(_ model: Model) throws -> ModelFile {
        var file: ModelFile?
        try withTemporaryFile { path in
            try model.write(to: path)
            file = try ModelFile(path: path)
        }
        return try #require(file)
    }

    @Test("a model file keeps it, in float and in int8, and without it is as it was", arguments: [false, true])
    func file(isQuantized: Bool) throws {
        let plain = isQuantized ? QuantizedModelTests.model : try Model.smallRandom(.retinaFaceMobileNet025, seed: 2)
        #expect(try Model(Self.written(plain)).description.refiner == nil)
        let refiner = try LandmarkRefiner.random(seed: 8)
        let read = try Model(Self.written(plain.refining(refiner)))
        #expect(read.description.precision == plain.description.precision)
        let (there, here) = (try #require(read.description.refiner).network, refiner.network)
        #expect(there.formats == here.formats)
        for (one, other) in zip(there.convolutions, here.convolutions) {
            guard let one, let other else { continue }
            #expect(Array(one.weights.elements) == Array(other.weights.elements))
            #expect(Array(one.scales.elements) == Array(other.scales.elements))
            #expect(Array(one.bias.elements) == Array(other.bias.elements))
        }
        // Whatever is made of the model has it too.
        let (folded, dequantized) = (try read.folded(), try read.dequantized())
        #expect(folded.description.refiner != nil && dequantized.description.refiner != nil)
        #expect(read.adding([("a", "b")]).description.refiner != nil && read.refining(nil).description.refiner == nil)
    }

    private static let weight: Name = "refiner.layer2.weight"
    private static let scales: Name = "refiner.quantization.scales"

    static let faults: [QuantizedFault] =
        [weight, scales, "refiner.offsets.bias", "refiner.quantization.zero_points", "refiner.layer6.weight.scale"].map
    { name in
        QuantizedFault("\(name) is missing", "tensor '\(name)' is missing; the landmark refiner needs it") {
            $0.remove(name)
        }
    } + [
        QuantizedFault("a weight of -128", "'\(weight)' holds -128") { try $0.byte(weight).pointer[7] = -128 },
        QuantizedFault("a weight of other sizes", "the landmark refiner expects [24, 3, 3, 16]") {
            $0.remove(weight)
            $0.bytes.append((weight, [3], try Buffer(count: 3)))
        },
        QuantizedFault("a scale that is none", "has scale nan") { try $0.float(scales).pointer[2] = .nan },
    ]

    @Test("a file with a wrong number in it is refused, and says where", arguments: faults)
    func hostile(fault: QuantizedFault) throws {
        let model = QuantizedModelTests.model.refining(try .random(seed: 8))
        let file = try QuantizedModelHostileTests.file(model, fault.change)
        let error = #expect(throws: OcellusError.self) { try Model(file) }
        #expect(error?.code == .invalidData && error?.message.contains(fault.naming) == true, "\(error?.message ?? "")")
    }

    @Test("one that is not known, and one for a network without landmarks, are refused")
    func unknown() throws {
        func file(_ model: Model, _ name: String) throws -> ModelFile {
            var writer = ModelFileWriter()
            model.description.write(to: &writer)
            writer.set("landmarks.refiner", to: name)
            for declaration in model.graph.parameters {
                try writer.add(declaration.name, try model.parameters.required(declaration))
            }
            let bytes = try writer.bytes()
            return try ModelFile(bytes: UnsafeBufferPointer(bytes.elements), owner: bytes, origin: "odd.safetensors")
        }
        let face = try Model.smallRandom(.retinaFaceMobileNet025, seed: 2)
        let unknown = #expect(throws: OcellusError.self) { try Model(try file(face, "square96")) }
        #expect(unknown?.code == .unsupported && unknown?.message.contains("'square96'") == true)
        let objects = try Model.smallRandom(.mobileNetSSDCaffe, seed: 2)
        let without = #expect(throws: OcellusError.self) { try Model(try file(objects, "square48")) }
        #expect(without?.code == .invalidData)
    }
}
