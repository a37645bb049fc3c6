// Optimisers against torch.optim; schedules, clipping and averages against their formulas.
import Foundation
import OcellusTensor
import OcellusTraining
import TestSupport
import Testing

struct OptimizerTests {
    static let rules: [(name: String, make: @Sendable ([TrainableParameter]) throws -> any Optimizer)] = [
        ("sgd", { try SGD($0, momentum: 0.9, decay: 5e-4) }),
        ("nesterov", { try SGD($0, momentum: 0.8, decay: 0.05, isNesterov: true) }),
        ("adamw", { try AdamW($0, beta1: 0.9, beta2: 0.99, decay: 0.02) }),
    ]

    @Test("six steps are torch.optim's", arguments: rules.indices)
    func pyTorch(_ rule: Int) throws {
        let golden = try LossGolden(OptimizerTests.rules[rule].name)
        let (start, gradients) = (try golden.floats("start"), try golden.floats("gradients"))
        let count = start.count / 2
        let parameters = try makeParameters([Array(start[..<count]), Array(start[count...])])
        let optimizer = try OptimizerTests.rules[rule].make(parameters)
        for (step, rate) in try golden.floats("rates").enumerated() {
            for (index, parameter) in parameters.enumerated() {
                for place in 0..<count {
                    parameter.gradient.pointer[place] = gradients[(2 * step + index) * count + place]
                }
            }
            try optimizer.step(rate: rate)
        }
        let end = parameters.flatMap { Array($0.values.elements) }
        #expect(relativeError(end, try golden.floats("end")) < 1e-6)
    }

    @Test("a frozen parameter stays and takes no memory; thawed, it starts anew", arguments: rules.indices)
    func frozen(_ rule: Int) throws {
        let parameters = try makeParameters([[1, 2, 3], [4, 5]])
        parameters[0].rateFactor = 0
        parameters[0].gradient.elements.update(repeating: 1)
        parameters[1].gradient.elements.update(repeating: 1)
        let optimizer = try OptimizerTests.rules[rule].make(parameters)
        try optimizer.step(rate: 0.1)
        #expect(Array(parameters[0].values.elements) == [1, 2, 3])
        #expect(parameters[1].values.pointer[0] < 4)
        #expect(optimizer.state.allSatisfy { !$0.name.description.contains("p0") })
        let before = optimizer.state.count
        parameters[0].rateFactor = 1
        try optimizer.step(rate: 0.1)
        #expect(optimizer.state.count == before * 2)
        #expect(parameters[0].values.pointer[0] < 1)
    }

    @Test("clipping keeps the direction and cuts the length")
    func clipping() throws {
        let parameters = try makeParameters([[0, 0], [0]])
        let gradients: [[Float]] = [[3, 0], [4]]
        for (parameter, numbers) in zip(parameters, gradients) {
            for (index, number) in numbers.enumerated() { parameter.gradient.pointer[index] = number }
        }
        #expect(GradientClipping.clip(parameters, to: 10) == 5)
        #expect(parameters[0].gradient.pointer[0] == 3)
        #expect(GradientClipping.clip(parameters, to: 1) == 5)
        #expect(
            abs(parameters[0].gradient.pointer[0] - 0.6) < 1e-6 && abs(parameters[1].gradient.pointer[0] - 0.8) < 1e-6)
        parameters[1].gradient.pointer[0] = .infinity
        #expect(!GradientClipping.clip(parameters, to: 1).isFinite)
        expectError("step 7: gradient 0 of 1 of the parameter p1 is inf") {
            try DivergenceCheck.check(parameters, step: 7)
        }
    }

    @Test("schedules rise, step and fall where they say")
    func schedules() throws {
        let cosine = try Schedule(rate: 1, warmUp: 4, steps: 105, shape: .cosine(final: 0.1))
        #expect((0..<5).map { cosine.rate(at: $0) } == [0.25, 0.5, 0.75, 1, 1])
        #expect(abs(cosine.rate(at: 54) - 0.55) < 1e-6)
        #expect(abs(cosine.rate(at: 104) - 0.1) < 1e-6 && abs(cosine.rate(at: 1000) - 0.1) < 1e-6)
        let steps = try Schedule(rate: 0.5, steps: 100, shape: .steps(at: [50, 80], factor: 0.5))
        #expect([0, 49, 50, 79, 80, 99].map { steps.rate(at: $0) } == [0.5, 0.5, 0.25, 0.25, 0.125, 0.125])
        expectError("learning rate of 0.0") { _ = try Schedule(rate: 0, steps: 1) }
        expectError("11 steps of warm-up") { _ = try Schedule(rate: 1, warmUp: 11, steps: 10) }
    }

    @Test("averages follow their recurrence and are exchanged without a trace")
    func average() throws {
        let parameters = try makeParameters([[1, -2]])
        let mean = NamedValues("mean", try Buffer<Float>([5]))
        let average = try WeightAverage(parameters, statistics: [mean], decay: 0.3)
        var expected: [Double] = [1, -2, 5]
        for step in 0..<8 {
            let numbers: [Float] = [Float(step), 1 / Float(step + 1), Float(step * step)]
            parameters[0].values.pointer[0] = numbers[0]
            parameters[0].values.pointer[1] = numbers[1]
            mean.values.pointer[0] = numbers[2]
            try average.update()
            let decay = min(0.3, Double(1 + step) / Double(10 + step))
            for index in 0..<3 { expected[index] = decay * expected[index] + (1 - decay) * Double(numbers[index]) }
        }
        let live = Array(parameters[0].values.elements) + [mean.values.pointer[0]]
        average.exchange()
        #expect(relativeError(Array(parameters[0].values.elements) + [mean.values.pointer[0]], expected) < 1e-6)
        average.exchange()
        #expect(Array(parameters[0].values.elements) + [mean.values.pointer[0]] == live)
    }
}
