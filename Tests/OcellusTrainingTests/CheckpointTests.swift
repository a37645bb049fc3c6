// A run that is written and read back goes on as if nothing had been; what is damaged is refused and loses nothing.
import Foundation
import OcellusNetwork
import OcellusTensor
import OcellusTraining
import TestSupport
import Testing

/// A run on three numbers whose gradients follow from the step and the numbers themselves.
private struct Run {
    let parameters: [TrainableParameter]
    let mean: NamedValues
    let optimizer: any Optimizer
    let average: WeightAverage
    var progress = TrainingProgress(seed: .max, settings: ["rate": "0.1", "data": "a, \"b\""])

    init(_ rule: Int, thawAt: Int = 0) throws {
        parameters = try makeParameters([[1, 2, 3], [0.5]])
        parameters[1].rateFactor = 0
        mean = NamedValues("body.bn.running_mean", try Buffer<Float>([0.25]))
        optimizer = try OptimizerTests.rules[rule].make(parameters)
        average = try WeightAverage(parameters, statistics: [mean], decay: 0.9)
    }

    var checkpoint: Checkpoint {
        Checkpoint(parameters: parameters, statistics: [mean], optimizer: optimizer, average: average)
    }

    mutating func go(to end: Int) throws {
        while progress.step < end {
            // Thawed on the way.
            if progress.step == 4 { parameters[1].rateFactor = 0.5 }
            for parameter in parameters {
                for index in 0..<parameter.values.count {
                    parameter.gradient.pointer[index] =
                        sin(Float(progress.step + index)) + parameter.values.pointer[index]
                }
            }
            try optimizer.step(rate: 0.01)
            mean.values.pointer[0] += 0.125
            try average.update()
            progress.step += 1
            progress.bestMetric = 1 / Float(progress.step)
        }
    }

    var numbers: [UInt32] {
        var all = (parameters.map(\.values) + [mean.values] + optimizer.state.map(\.values)).flatMap {
            Array($0.elements)
        }
        all += average.state.flatMap { Array($0.values.elements) }
        return all.map(\.bitPattern)
    }
}

struct CheckpointTests {
    /// A folder of its own for each test.
    static func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoint-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// A run at step 5 with its checkpoint at `path` and the one of step 2 before it; `older` and `numbers` are of step 2.
    private static func withTwoCheckpoints(
        _ body: (_ path: String, _ run: Run, _ older: TrainingProgress, _ numbers: [UInt32]) throws -> Void
    ) throws {
        try withFolder { folder in
            let path = folder.appending(path: "run.checkpoint").path
            var run = try Run(2)
            try run.go(to: 2)
            try run.checkpoint.write(run.progress, to: path)
            let (older, numbers) = (run.progress, run.numbers)
            try run.go(to: 5)
            try run.checkpoint.write(run.progress, to: path)
            try body(path, run, older, numbers)
        }
    }

    @Test("a run that stops anywhere goes on bit for bit", arguments: OptimizerTests.rules.indices, [1, 3, 4, 7])
    func resume(_ rule: Int, _ stop: Int) throws {
        try CheckpointTests.withFolder { folder in
            let path = folder.appending(path: "run.checkpoint").path
            var whole = try Run(rule)
            try whole.go(to: 10)
            var first = try Run(rule)
            try first.go(to: stop)
            try first.checkpoint.write(first.progress, to: path)
            var second = try Run(rule)
            let restored = try second.checkpoint.restore(from: path, settings: first.progress.settings)
            #expect(restored.progress == first.progress && restored.path == path)
            second.progress = restored.progress
            if stop > 4 { second.parameters[1].rateFactor = 0.5 }
            #expect(second.numbers == first.numbers)
            try second.go(to: 10)
            #expect(second.numbers == whole.numbers)
        }
    }

    @Test("cut off at any byte, the one before it is used")
    func truncated() throws {
        try CheckpointTests.withTwoCheckpoints { path, run, older, _ in
            let content = try Data(contentsOf: URL(filePath: path))
            let fresh = try Run(2)
            for length in Array(stride(from: 0, to: content.count, by: 97)) + [content.count - 1] {
                try content.prefix(length).write(to: URL(filePath: path))
                let restored = try fresh.checkpoint.restore(from: path)
                #expect(restored.progress == older && restored.path == Checkpoint.previousPath(path))
            }
            try FileManager.default.removeItem(atPath: path)
            #expect(try Checkpoint.progress(at: path).progress == older)
            // Killed between writing the new file and putting it in its place.
            try content.write(to: URL(filePath: path + ".new"))
            #expect(try Checkpoint.progress(at: path).progress == run.progress)
            try FileManager.default.removeItem(atPath: path + ".new")
            try Data("nothing".utf8).write(to: URL(filePath: Checkpoint.previousPath(path)))
            try content.prefix(50).write(to: URL(filePath: path))
            expectError("nor can the one before it be used") { _ = try fresh.checkpoint.restore(from: path) }
        }
    }

    @Test("with any bit flipped, the one before it is used, and what was wrong is said")
    func flipped() throws {
        try CheckpointTests.withTwoCheckpoints { path, run, older, numbers in
            let content = try Data(contentsOf: URL(filePath: path))
            // The header's length, the header with its metadata, arrays, and the checksum at the end.
            let places = Array(stride(from: 0, to: content.count, by: 41)) + (1...5).map { content.count - $0 }
            for (index, place) in places.enumerated() {
                var damaged = content
                damaged[place] ^= 1 << (index % 8)
                try damaged.write(to: URL(filePath: path))
                let fresh = try Run(2)
                let restored = try fresh.checkpoint.restore(from: path)
                #expect(restored.progress == older && restored.path == Checkpoint.previousPath(path), "byte \(place)")
                #expect(restored.damage?.contains(path) == true && fresh.numbers == numbers, "byte \(place)")
            }
            try FileManager.default.removeItem(atPath: Checkpoint.previousPath(path))
            var damaged = content
            damaged[content.count - 9] ^= 1
            try damaged.write(to: URL(filePath: path))
            let before = run.numbers
            expectError("\(path): damaged: its bytes do not give the checksum in it") {
                _ = try run.checkpoint.restore(from: path)
            }
            expectError("or remove it and start the run anew") { _ = try run.checkpoint.restore(from: path) }
            #expect(run.numbers == before)
        }
    }

    @Test("the checksum is zlib's CRC-32 of all bytes before it, and a checkpoint without one is refused")
    func checksum() throws {
        try CheckpointTests.withFolder { folder in
            let path = folder.appending(path: "run.checkpoint").path
            let run = try Run(0)
            try run.checkpoint.write(run.progress, to: path)
            let content = try Data(contentsOf: URL(filePath: path))
            // The definition, bit by bit (RFC 1952, section 8).
            var sum: UInt32 = 0xFFFF_FFFF
            for byte in content.dropLast(4) {
                sum ^= UInt32(byte)
                for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
            }
            #expect(Array(content.suffix(4)) == withUnsafeBytes(of: (~sum).littleEndian) { Array($0) })
            var old = ModelFileWriter()
            for (key, value) in [("format", "ocellus-checkpoint 1"), ("step", "1"), ("epoch", "0"), ("seed", "1")] {
                old.set(Name(key), to: value)
            }
            try FileManager.default.removeItem(atPath: path)
            try old.write(to: path)
            expectError("found 'ocellus-checkpoint 1': go on with the version that began the run") {
                _ = try run.checkpoint.restore(from: path)
            }
        }
    }

    @Test("foreign files, other networks and other settings are refused and change nothing")
    func refused() throws {
        try CheckpointTests.withFolder { folder in
            let path = folder.appending(path: "run.checkpoint").path
            var run = try Run(0)
            try run.go(to: 6)
            let before = run.parameters.map { Array($0.values.elements) }
            func expect(_ words: String, _ body: () throws -> Void) {
                expectError(words, body)
                #expect(run.parameters.map { Array($0.values.elements) } == before)
            }
            expect("cannot read") { _ = try run.checkpoint.restore(from: path) }
            try Data("GIF89a, not a checkpoint".utf8).write(to: URL(filePath: path))
            expect("\(path)") { _ = try run.checkpoint.restore(from: path) }
            var model = ModelFileWriter()
            model.set("format", to: "ocellus-model 1")
            try model.write(to: path)
            expect("expected a checkpoint of a training run") { _ = try run.checkpoint.restore(from: path) }
            let other = try makeParameters([[1, 2], [3], [4]])
            let foreign = Checkpoint(
                parameters: other, statistics: [], optimizer: try SGD(other), average: try WeightAverage(other))
            try foreign.write(TrainingProgress(seed: 1), to: path)
            expect("has the parameter p2") { _ = try run.checkpoint.restore(from: path) }
            var adam = try Run(2)
            try adam.go(to: 6)
            try adam.checkpoint.write(adam.progress, to: path)
            expect("resume with the settings") { _ = try run.checkpoint.restore(from: path) }
            expect("rate was 0.1 and is now 0.2") {
                _ = try run.checkpoint.restore(from: path, settings: ["rate": "0.2", "data": "a, \"b\""])
            }
        }
    }

    @Test("a disk that is full or a folder that is not there is an error; the checkpoint stays")
    func cannotWrite() throws {
        try CheckpointTests.withFolder { folder in
            let path = folder.appending(path: "run.checkpoint").path
            let run = try Run(0)
            try run.checkpoint.write(run.progress, to: path)
            let before = try Data(contentsOf: URL(filePath: path))
            // A folder in the way of the new file: writing it cannot succeed, whoever runs the test.
            try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
            expectError("cannot write") { try run.checkpoint.write(run.progress, to: path) }
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            expectError("cannot write") { try run.checkpoint.write(run.progress, to: folder.path + "/none/run") }
            run.average.exchange()
            expectError("while the averages are in the network") {
                try run.checkpoint.write(run.progress, to: path)
            }
        }
    }

    @Test("what a killed run left half written is removed")
    func leftovers() throws {
        try CheckpointTests.withFolder { folder in
            let path = folder.appending(path: "run.checkpoint").path
            try Data("half".utf8).write(to: URL(filePath: path + ".new.part-ab12cd"))
            let run = try Run(0)
            try run.checkpoint.write(run.progress, to: path)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.checkpoint"])
        }
    }
}
