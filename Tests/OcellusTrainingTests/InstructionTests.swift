// The loops for each instruction set against the plainest one: all compile from one text, so they may differ by rounding.
import CTrainingKernels
import OcellusTensor
import OcellusTraining
import TestSupport
import Testing

struct InstructionTests {
    /// What `body` gives with the base instructions, AVX2 and AVX-512, as far as the processor has them.
    static func each(_ body: () throws -> [Float]) rethrows -> [[Float]] {
        defer { otk_limit_instructions(2) }
        return try (0...2).map { level in
            otk_limit_instructions(Int32(level))
            return try body()
        }
    }

    @Test("losses agree between instruction sets", arguments: LossTests.cases)
    func losses(_ example: LossTests.Case) throws {
        let golden = try LossGolden(example.name)
        let results = try InstructionTests.each {
            let (heads, targets) = (try golden.heads(), try golden.targets())
            let loss = try MultiBoxLoss(settings: example.settings, rows: targets.rows)
            let parts = try loss.evaluate(heads.rows, targets, gradients: heads.gradients)
            #expect(relativeError([parts.total], try golden.floats("total")) < 1e-6)
            return Array(heads.scoreGradients.elements) + Array(heads.boxGradients.elements)
        }
        #expect(relativeError(results[0], results[2]) < 1e-6)
        #expect(relativeError(results[1], results[2]) < 1e-6)
    }

    @Test("distillation agrees between instruction sets", arguments: DistillationTests.cases)
    func distillation(_ example: DistillationTests.Case) throws {
        let golden = try LossGolden(example.name)
        let results = try InstructionTests.each {
            let (student, teacher) = (try golden.heads(), try golden.heads("teacher_"))
            let loss = try DistillationLoss(settings: example.settings, rows: student.boxes.count / 4)
            let parts = try loss.evaluate(student.rows, teacher: teacher.rows, gradients: student.gradients)
            return Array(student.scoreGradients.elements) + [parts.total]
        }
        #expect(relativeError(results[0], results[2]) < 2e-6)
        #expect(relativeError(results[1], results[2]) < 2e-6)
    }

    @Test("steps, sums and averages agree between instruction sets, at any length", arguments: [1, 15, 16, 17, 1003])
    func steps(_ count: Int) throws {
        for rule in OptimizerTests.rules {
            let results = try InstructionTests.each {
                var random = SeededGenerator(seed: 3)
                let parameters = try makeParameters([random.floats(count), random.floats(count)])
                let optimizer = try rule.make(parameters)
                let average = try WeightAverage(parameters)
                var norms: [Float] = []
                for _ in 0..<4 {
                    for parameter in parameters {
                        for index in 0..<count { parameter.gradient.pointer[index] = random.float(-1...1) }
                    }
                    norms.append(GradientClipping.clip(parameters, to: 2))
                    try optimizer.step(rate: 0.05)
                    try average.update()
                }
                let state = optimizer.state + average.state
                let values = parameters.flatMap { Array($0.values.elements) }
                return withExtendedLifetime(state) { values + state.flatMap { Array($0.values.elements) } } + norms
            }
            #expect(relativeError(results[0], results[2]) < 1e-6)
            #expect(relativeError(results[1], results[2]) < 1e-6)
        }
    }

    @Test("overlaps agree between instruction sets and with boxes")
    func matching() throws {
        let results = try InstructionTests.each {
            let anchors = try MatcherTests.row()
            let matcher = try AnchorMatcher(
                anchors: anchors, settings: MatchingSettings(positive: 0.5, negative: 0.4))
            let targets = try AnchorTargets(batch: 1, anchors: 5)
            try matcher.match(
                [MatcherTests.truth(35, 40, 55, 60, label: 3), MatcherTests.truth(0, 0, 30, 60, isIgnored: true)],
                into: targets, picture: 0)
            return targets.labels.elements.map { Float($0) } + Array(targets.boxes.elements)
        }
        #expect(results[0] == results[2] && results[1] == results[2])
        #expect(results[0].prefix(5) == [-1, 3, 0, 0, 0])
    }
}
