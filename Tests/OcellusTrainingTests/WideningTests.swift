// A narrow network as the start of a wide one: the same function, and copies that can grow apart.
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("a wider network's start")
struct WideningTests {
    private static func narrow(fresh: Bool = false) throws -> Model {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        (description.preprocessing.inputWidth, description.preprocessing.inputHeight) = (96, 96)
        return try Model(description, FormulaParameters.make(description.declare(), fresh: fresh))
    }

    /// Rows over noise.
    private func rows(_ model: Model) throws -> [Name: [Float]] {
        let executor = try FloatExecutor(model.graph, model.parameters)
        var random = SeededGenerator(seed: 3)
        for index in 0..<model.graph.inputShape.count { executor.input[index] = Float(random.next() >> 56) - 110 }
        executor.run()
        var rows: [Name: [Float]] = [:]
        for output in model.graph.outputs {
            let count = model.graph.nodes[output.node].shape.count
            rows[output.name] = Array(UnsafeBufferPointer(start: executor.value(of: output.node), count: count))
        }
        return rows
    }

    /// Makes each input channel's filters of the layer that is taken apart multiples of one.
    private static func simplify(_ model: Model) throws {
        let weight = try #require(model.parameters["fpn.merge1.0.weight"])
        let values = weight.values
        for output in 1..<64 {
            for tap in 0..<9 {
                for channel in 0..<64 {
                    let share = Float((output * 7 + channel) % 11 - 5) / 5
                    values.pointer[(output * 9 + tap) * 64 + channel] = share * values.pointer[tap * 64 + channel]
                }
            }
        }
    }

    @Test("computes what the narrow one computes, folded or not", arguments: [false, true])
    func function(isFolded: Bool) throws {
        let whole = try Self.narrow()
        try Self.simplify(whole)
        let model = isFolded ? try whole.folded() : whole
        let widening = try model.widened(to: .retinaFaceWideStem, seed: 4)
        #expect(widening.renewed.isEmpty && widening.model.description.isFolded == isFolded)
        let (wanted, found) = (try rows(model), try rows(widening.model))
        for (name, values) in wanted {
            let scale = values.reduce(0) { max($0, abs($1)) }
            let own = try #require(found[name])
            #expect(own.count == values.count && scale > 0)
            let worst = zip(own, values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(worst < 1e-4 * scale, "\(name): \(worst) of \(scale)")
        }
    }

    @Test("copies are read with shares that differ and add up")
    func shares() throws {
        let model = try Self.narrow()
        let wide = try model.widened(to: .retinaFaceWideStem, seed: 4).model
        let name: Name = "body.stage1.2.3.weight"
        let (old, new) = (try #require(model.parameters[name]), try #require(wide.parameters[name]))
        #expect(old.dimensions == [32, 1, 1, 16] && new.dimensions == [64, 1, 1, 32])
        var uneven = 0
        for row in 0..<64 {
            for column in 0..<16 {
                let value = old.values.pointer[row % 32 * 16 + column]
                let (a, b) = (new.values.pointer[row * 32 + column], new.values.pointer[row * 32 + 16 + column])
                #expect(abs(a + b - value) <= 1e-6 * max(1, abs(value)))
                if abs(a - b) > 0.01 * abs(value) { uneven += 1 }
            }
        }
        #expect(uneven > 900)
    }

    @Test("a convolution's factors are the nearest: the kernel is the filters' first singular vector")
    func factors() throws {
        let model = try Self.narrow()
        let old = try #require(model.parameters["fpn.merge1.0.weight"])
        let wide = try model.widened(to: .retinaFaceWideStem, seed: 4).model
        let depthwise = try #require(wide.parameters["fpn.merge1.depthwise.weight"])
        let pointwise = try #require(wide.parameters["fpn.merge1.0.weight"])
        #expect(depthwise.dimensions == [64, 3, 3, 1] && pointwise.dimensions == [64, 1, 1, 64])
        for channel in stride(from: 0, to: 64, by: 9) {
            let kernel = (0..<9).map { depthwise.values.pointer[channel * 9 + $0] }
            #expect(abs(kernel.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            var mapped = [Float](repeating: 0, count: 9)
            var energy: Float = 0
            for output in 0..<64 {
                let share = pointwise.values.pointer[output * 64 + channel]
                energy += share * share
                for tap in 0..<9 { mapped[tap] += share * old.values.pointer[(output * 9 + tap) * 64 + channel] }
            }
            // The product of the filters with themselves maps the vector to a multiple of it, the largest there is.
            for tap in 0..<9 { #expect(abs(mapped[tap] - energy * kernel[tap]) < 0.02 * energy) }
            let whole = (0..<64 * 9).reduce(Float(0)) {
                $0 + old.values.pointer[$1 * 64 + channel] * old.values.pointer[$1 * 64 + channel]
            }
            #expect(energy > whole / 9 && energy <= whole * 1.001)
        }
    }

    @Test("networks with other anchors and narrower ones are refused")
    func refused() throws {
        expectError("cannot become mobilenet-ssd: its anchors are others") {
            _ = try Self.narrow().widened(to: .mobileNetSSDCaffe, seed: 1)
        }
        let wide = try Self.narrow().widened(to: .retinaFaceWideStem, seed: 1).model
        expectError("cannot become [8, 3, 3, 3]: expected multiples of it") {
            _ = try wide.widened(to: .retinaFaceMobileNet025, seed: 1)
        }
    }
}
