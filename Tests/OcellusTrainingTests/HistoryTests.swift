// The history's file: complete, resumable, and refused when it is something else.
import Foundation
import Testing

@testable import OcellusTraining

struct HistoryTests {
    static func row(_ step: Int, metric: Float? = nil) -> HistoryRow {
        var loss = LossParts()
        loss.total = 1 / Float(step)
        loss.classification = 0.1 + Float(step)
        loss.boxes = 1e-20
        loss.landmarks = 3e9
        loss.positives = step
        loss.negatives = 3 * step
        return HistoryRow(
            step: step, epoch: step / 3, rate: 0.01 / Float(step), loss: loss, gradientNorm: .pi, metric: metric)
    }

    @Test("a history that is cut and resumed is the one that was not, byte for byte")
    func resume() throws {
        try CheckpointTests.withFolder { folder in
            let (whole, cut) = (folder.appending(path: "whole.csv"), folder.appending(path: "cut.csv"))
            func write(_ steps: ClosedRange<Int>, _ url: URL, after: Int?) throws {
                let history = try History(path: url.path, resumingAfter: after)
                for step in steps { try history.append(HistoryTests.row(step, metric: step % 4 == 0 ? 0.1 : nil)) }
                #expect(history.rows.map(\.step) == Array(1...steps.upperBound))
            }
            try write(1...20, whole, after: nil)
            try write(1...11, cut, after: nil)
            // Killed in the middle of a line.
            try (Data(contentsOf: cut) + Data("12,4,0.0008333".utf8)).write(to: cut)
            try write(9...20, cut, after: 8)
            #expect(try Data(contentsOf: whole) == Data(contentsOf: cut))
            let rows = try History.read(path: whole.path)
            #expect(rows == (1...20).map { HistoryTests.row($0, metric: $0 % 4 == 0 ? 0.1 : nil) })
        }
    }

    @Test("a run goes on with the rows before the damage, and says what was wrong")
    func damaged() throws {
        try CheckpointTests.withFolder { folder in
            let url = folder.appending(path: "history.csv")
            func goOn(_ content: Data) throws -> (steps: [Int], damage: String?) {
                try content.write(to: url)
                let history = try History(path: url.path, resumingAfter: 9)
                return (history.rows.map(\.step), history.damage)
            }
            let lines = [HistoryRow.header] + (1...12).map { HistoryTests.row($0, metric: nil).line }
            let whole = Data((lines.joined(separator: "\n") + "\n").utf8)
            #expect(try goOn(whole) == (Array(1...9), nil))
            let zeros = try goOn(whole + Data(count: 8) + Data("\n".utf8))
            #expect(zeros.steps == Array(1...9))
            #expect(zeros.damage?.contains("line 14 is not a row") == true)
            let empty = try goOn(Data())
            #expect(empty.steps.isEmpty)
            #expect(empty.damage?.contains("expected a training history") == true)
            let other = try goOn(Data("a,b\n1,2\n".utf8))
            #expect(other.steps.isEmpty && other.damage != nil)
            // What was kept is the file's content now, in order.
            #expect(try History.read(path: url.path).isEmpty)
        }
    }

    @Test("a file that is no history is refused, with the line that is at fault")
    func refused() throws {
        try CheckpointTests.withFolder { folder in
            let url = folder.appending(path: "history.csv")
            try Data("a,b\n1,2\n".utf8).write(to: url)
            expectError("expected a training history") { _ = try History.read(path: url.path) }
            _ = try History(path: url.path)
            try (Data(contentsOf: url) + Data("1,2,3\n".utf8)).write(to: url)
            expectError("line 2 is not a row") { _ = try History.read(path: url.path) }
            expectError("cannot write") { _ = try History(path: folder.path + "/none/history.csv") }
        }
    }
}
