// What the command says of itself, and to those who call it wrongly.
import Foundation
import Testing

struct HelpTests {
    @Test(
        "help is on standard output and status 0",
        arguments: [
            "", "detect", "live", "train", "refine", "eval", "average", "adjust", "import", "info", "bench", "data",
            "data check",
            "data show", "data anchors",
        ])
    func help(subcommand: String) throws {
        let outcome = try Ocellus.run(subcommand.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        try Snapshot.expect(
            outcome.output, "help" + (subcommand.isEmpty ? "" : "-" + subcommand.replacing(" ", with: "-")))
    }

    @Test("no arguments at all is wrong usage: help on standard error")
    func nothing() throws {
        let outcome = try Ocellus.run([])
        #expect(outcome.status == 2)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("SUBCOMMANDS"))
    }

    @Test("the version is the C header's")
    func version() throws {
        let header = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../include/ocellus.h").standardized
        let text = try String(contentsOf: header, encoding: .utf8)
        let match = try #require(text.firstMatch(of: /#define OCELLUS_VERSION "([^"]+)"/))
        let outcome = try Ocellus.run(["--version"])
        #expect(outcome.status == 0)
        #expect(outcome.output == match.1 + "\n")
    }

    @Test("wrong usage is a sentence, the usage and status 2; nothing is read")
    func usage() throws {
        let calls: [[String]] = [
            ["frob"], ["detect"], ["detect", "--model", "m", "--frob", "a.jpg"],
            ["detect", "a.jpg", "--model", ""],
        ]
        let options = [
            "--threshold=nan", "--threshold=-0.1", "--threshold=1e40", "--threshold=x", "--overlap=1.01",
            "--overlap=-inf", "--maximum=0", "--maximum=10001", "--threads=0", "--threads=65", "--threads=1.5",
            "--threads=99999999999999999999", "--tile=0", "--tile=9", "--annotate=",
        ]
        let others: [[String]] = [
            ["info", "--layers"], ["info", "--activations", "a.jpg"], ["bench", "--model", "m", "--runs=0"],
            ["bench", "--model", "m", "--precision=int7"], ["bench", "--model", "m", "--json", "--layers"],
            ["bench", "--pause=-1"], ["bench", "--pause=10001"], ["bench", "--training", "--pause=5"],
            ["bench", "--training", "--kernels=scalar"], ["bench", "--training", "--layers"], ["bench", "--batch=4"],
            ["bench", "--training", "--model", "m", "--architecture", "mobilenet-ssd"],
            ["import"],
            ["import", "w.pth"], ["import", "w.pth", "--out", ""],
            ["import", "w.pth", "--out", "o", "--architecture", "resnet"],
            ["eval", "--model", "m"], ["eval", "--model", "m", "--data", "d", "--threshold=nan"],
            ["eval", "--model", "m", "--data", "d", "--format", "csv"], ["data", "check"],
            ["data", "check", "d", "--lines=-1"], ["data", "show", "d"],
            ["data", "show", "d", "--out", "o", "--rows=0"], ["data", "show", "d", "--out", "o", "--turn=5"],
            ["data", "show", "d", "--out", "o", "--first=9223372036854775807"],
            ["data", "anchors", "d", "--count=0"],
        ]
        let live = [
            "--size=640", "--size=0x3", "--size=x", "--fps=0", "--fps=nan", "--preview=70000", "--preview=:1",
            "--frames=0", "--seconds=0", "--tile=9", "--min-score=2", "--band=0.6-0.2", "--band=1", "--record=",
            "--uncertain",
            "--min-score=0.3", "--band=0.1-0.2", "--record=r --uncertain --min-score=0.3", "--record=r --band=0.1-0.2",
            "--record-interval=3",
            "--on-lost=cry", "--record-interval=-1", "--threads=0",
        ].map { ["live", "-", "--model", "m"] + $0.split(separator: " ").map(String.init) }
        var text = ""
        for arguments in calls + options.map({ ["detect", "a.jpg", "--model", "m", $0] }) + others + live {
            let outcome = try Ocellus.run(arguments)
            #expect(outcome.status == 2, "\(arguments)")
            #expect(outcome.output == "", "\(arguments)")
            text += "$ ocellus \(arguments.joined(separator: " "))\n\(outcome.errors)\n"
        }
        try Snapshot.expect(text, "usage")
    }
}
