// `ocellus train` on two tiny pictures: what it writes, what it refuses, and what teachers it takes.
import Foundation
import TestSupport
import Testing

struct TrainTests {
    private static let published = SharedFolder.path("models/yunet_n_320_320.onnx")
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeFaces()
    }

    private func train(_ out: String, from: String, _ more: [String]) throws -> Outcome {
        try Ocellus.run(
            ["train", "--data", "faces", "--from", from, "--batch", "2", "--out", out + ".safetensors"] + more,
            in: folder.path)
    }

    private func scratch(_ out: String = "first", _ more: [String] = []) throws -> Outcome {
        try train(
            out, from: "scratch",
            ["--architecture", "retinaface-mobilenet0.25", "--size", "64", "--steps", "2", "--int8-steps", "0"] + more)
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path(name)) }

    @Test("a run leaves an int8 model, the float model, a card and curves, with what it was told of thresholds")
    func whole() throws {
        let outcome = try scratch(
            "first", ["--blend", "0.8", "--score-threshold", "0.6", "--overlap-threshold", "0.45"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.contains("float step 2/2") || outcome.output.contains("float epoch 2/2 step 2/2"))
        for name in [
            "first.safetensors", "first.float.safetensors", "first.md", "first.safetensors.run/float-curve.png",
        ] {
            #expect(exists(name), "\(name)")
        }
        let info = try Ocellus.run(["info", "first.safetensors"], in: folder.path)
        #expect(info.output.contains("score 0.6, overlap 0.45, blended from 0.8"))
        // A second run would take the first one's place.
        let again = try scratch("first")
        #expect(again.status == 1 && again.errors.contains("holds a run already: go on with it by --resume"))
    }

    @Test("without steps in float only int8 is learnt, a model may teach itself, and the numbers of float stay")
    func onlyInt8() throws {
        #expect(try scratch().status == 0)
        let outcome = try train(
            "second", from: "first.float.safetensors",
            ["--steps", "0", "--int8-steps", "2", "--teacher", "first.float.safetensors"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("int8 calibrated  AP") && !outcome.output.contains("float epoch"))
        #expect(!exists("second.safetensors.run/float-checkpoint.safetensors"))
        let found = try ["first", "second"].map { name in
            try Ocellus.run(
                ["detect", "faces/images/a.png", "--model", "\(name).float.safetensors", "--json", "--threshold", "0"],
                in: folder.path)
        }
        #expect(found[0].status == 0 && found[0].output == found[1].output)
        let again = try train("second", from: "first.float.safetensors", ["--steps", "0", "--int8-steps", "2"])
        #expect(again.status == 1 && again.errors.contains("holds a run already"))
    }

    @Test("the last step's model is kept where that is asked for, whatever it measured")
    func keepLast() throws {
        #expect(try scratch().status == 0)
        let numbers = ["--steps", "3", "--int8-steps", "0", "--measure-every", "1", "--rate", "0.05", "--warm-up", "0"]
        for (name, more) in [("best", []), ("last", ["--keep-last"])] as [(String, [String])] {
            let outcome = try train(name, from: "first.float.safetensors", numbers + more)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            let measured = lines.filter { $0.hasPrefix("float step") }
            #expect(measured.count == 3)
            // At so high a rate the last is hardly ever the best.
            let kept = try #require(name == "last" ? measured.last : measured.last { $0.hasSuffix("best so far") })
            let result = try #require(lines.last { $0.hasPrefix("float   ") }).dropFirst("float   ".count)
            #expect(kept.contains(result), "\(result) of \(measured)")
        }
    }

    @Test("a model grows into a wider network, its normalisations put back, and goes on from what it knew")
    func wider() throws {
        #expect(try scratch().status == 0)
        let steps = ["--steps", "2", "--int8-steps", "0", "--rate", "1e-5"]
        let grown = try train(
            "wide", from: "first.safetensors", ["--architecture", "retinaface-wide-stem", "--unfold"] + steps)
        #expect(grown.status == 0 && !grown.output.contains("start anew"), "\(grown.errors)")
        let info = try Ocellus.run(["info", "wide.float.safetensors"], in: folder.path)
        #expect(info.output.contains("retinaface-wide-stem") && !info.output.contains("normalization folded"))
        let back = try train(
            "narrow", from: "wide.float.safetensors", ["--architecture", "retinaface-mobilenet0.25"] + steps)
        #expect(back.status == 1 && back.errors.contains("cannot become [8, 3, 3, 3]: expected multiples of it"))
        let random = try scratch("random", ["--unfold"])
        #expect(random.status != 0 && random.errors.contains("random numbers have nothing folded in"))
    }

    @Test("settings that cannot be are refused, and nothing is written")
    func refused() throws {
        #expect(try scratch().status == 0)
        for (arguments, reason) in [
            (["--blend", "1.5"], "--blend 1.5: must be 0 to 1"),
            (["--hide", "1.5"], "--hide 1.5: must be 0 to 1"),
            (["--disguise", "1.1"], "--disguise 1.1: must be 0 to 1"),
            (["--shade", "2"], "--shade 2.0: must be 0 to 1"),
            (["--machine-landmark-weight", "3"], "--machine-landmark-weight 3.0: must be 0 to 1"),
            (["--source-weights", "a=1:1:1:1"], "--source-weights: 'a=1:1:1:1' is not NAME=SINGLE[:MOSAIC[:EMPTY]]"),
            (["--source-weights", "a=1,a=2"], "--source-weights: 'a' twice"),
            (["--source-weights", "a=1,"], "--source-weights: '' is not NAME"),
            (["--source-weights", "a=1"], "no pictures of a source 'a' to weigh"),
            (
                ["--source-weights", "a=1", "--augmentation", "objects"],
                "--source-weights belongs to the augmentation of faces"
            ),
            (["--validation-pictures", "0"], "--validation-pictures 0: must be 1 to 1000000000"),
            (["--batch", "4294967296"], "--batch 4294967296: must be 1 to 1000000000"),
            (["--epochs", "9223372036854775807"], "--epochs 9223372036854775807: must be"),
            (["--int8-steps", "9223372036854775807"], "--int8-steps 9223372036854775807: must be 0 to"),
            (["--picture-memory", "8796093022208"], "--picture-memory 8796093022208: must be 0 to"),
            (["--size", "31"], "--size 31: must be 32 to 2048"),
            (["--size", "9223372036854775807"], "must be 32 to 2048"),
            (["--teacher-weight", "2"], "--teacher-weight needs --teacher"),
            (["--hide", "0.5", "--augmentation", "none"], "--hide belongs to the augmentation of faces"),
            (["--teacher", "faces/label_val.txt"], "label_val.txt"),
            (["--teacher", "missing.onnx"], "missing.onnx"),
            (["--negative-weight", "0"], "--negative-weight 0: must be 1 to 255"),
            (["--average", "1"], "--average 1.0: must be 0 to below 1"),
            (["--decay=-1"], "--decay -1.0: must be at least 0"),
            (["--regression-beta", "nan"], "--regression-beta nan: must be at least 0"),
            (["--rate", "0"], "--rate 0.0: must be above 0"),
            (["--final-rate", "7"], "--final-rate 7.0: must be 0 to 1"),
            (["--warm-up", "2"], "--warm-up 2: must be at most the 1 steps"),
            (["--split", "nosuch"], "no list called 'nosuch': it has train, val"),
            (["--unfold"], "first.float.safetensors: has batch normalisations already"),
            (["--teacher", "first.safetensors"], "first.safetensors: an int8 model cannot teach"),
        ] {
            let outcome = try train("third", from: "first.float.safetensors", ["--steps", "1"] + arguments)
            #expect(outcome.status != 0 && outcome.errors.contains(reason), "\(arguments): \(outcome.errors)")
            #expect(!exists("third.safetensors"))
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("first.float.safetensors")))
        for from in ["first.float.safetensors", "./first.float.safetensors", "./first.safetensors"] {
            let outcome = try train("first", from: from, ["--steps", "1"])
            #expect(outcome.status == 2 && outcome.errors.contains("would replace \(from)"), "\(outcome.errors)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("first.float.safetensors"))) == before)
    }

    @Test("a run goes on with the same pictures, models and settings alone, and says which differ")
    func otherRun() throws {
        #expect(try scratch().status == 0)
        #expect(try scratch("other", ["--seed", "5"]).status == 0)
        let start = "first.float.safetensors"
        #expect(try train("second", from: start, ["--steps", "2", "--int8-steps", "0"]).status == 0)
        func goOn(_ more: [String], from: String = start) throws -> Outcome {
            try train("second", from: from, ["--resume", "--steps", "2", "--int8-steps", "0"] + more)
        }
        #expect(try goOn([]).status == 0)
        for (arguments, from, reason) in [
            (["--turn", "90"], start, "augmentation was"), ([], "other.float.safetensors", "start model was"),
            (["--teacher", "other.float.safetensors"], start, "teacher was none"),
            (["--source-weights", "images=1"], start, "source weights was none and is now images=1.0:1.0:1.0"),
        ] {
            let outcome = try goOn(arguments, from: from)
            #expect(outcome.status == 1 && outcome.errors.contains(reason), "\(arguments): \(outcome.errors)")
        }
        let list = try String(contentsOfFile: folder.path("faces/label_train.txt"), encoding: .utf8)
        try folder.write("faces/label_train.txt", Array(list.replacing("87.5", with: "80.5").utf8))
        let outcome = try goOn([])
        #expect(outcome.status == 1 && outcome.errors.contains("training pictures was"), "\(outcome.errors)")
    }

    @Test("pictures to measure on that are learnt from are named, also on the card")
    func shared() throws {
        let outcome = try scratch("first", ["--validation", "train"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("1 picture to measure on learnt from as well"))
        let card = try String(contentsOfFile: folder.path("first.md"), encoding: .utf8)
        #expect(card.contains("1 pictures, measured on 1, of which 1 were learnt from as well"))
    }

    @Test("integers of another model or by another method are not gone on with")
    func otherCalibration() throws {
        #expect(try scratch().status == 0)
        #expect(try scratch("other", ["--seed", "5"]).status == 0)
        func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path(name))) }
        func calibrate(_ out: String, _ from: String, _ more: [String]) throws -> Data {
            let outcome = try train(out, from: from, ["--steps", "0", "--int8-steps", "0"] + more)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try bytes(out + ".safetensors.run/int8-calibrated.safetensors")
        }
        let first = try calibrate("second", "first.float.safetensors", [])
        #expect(try calibrate("second", "first.float.safetensors", ["--resume"]) == first)
        let other = try calibrate("second", "other.float.safetensors", ["--resume"])
        #expect(try other == calibrate("third", "other.float.safetensors", []))
        #expect(other != first)
        let minmax = try calibrate("second", "other.float.safetensors", ["--resume", "--calibration", "minmax"])
        #expect(try minmax == calibrate("fourth", "other.float.safetensors", ["--calibration", "minmax"]))
    }

    @Test("a run whose reader went away comes to its end; a page of somebody's own is not replaced")
    func unread() throws {
        #expect(try scratch().status == 0)
        let line = "$ocellus train --data faces --from first.float.safetensors --steps 2 --int8-steps 0 --batch 2"
        let outcome = try Ocellus.shell(
            "(\(line) --out second.safetensors; echo $? > status) | true", in: folder.path)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(try String(contentsOfFile: folder.path("status"), encoding: .utf8) == "0\n")
        #expect(exists("second.safetensors") && exists("second.md"))
        try folder.write("third.md", Array("# Notes\n".utf8))
        let refused = try Ocellus.shell("\(line) --out third.safetensors", in: folder.path)
        #expect(refused.status == 1 && refused.errors.contains("third.md: is there and is no card of a model"))
        #expect(!exists("third.safetensors"))
    }

    @Test(
        "YuNet-n as published teaches, with features and without; other networks are refused",
        .enabled(if: published != nil))
    func faceTeacher() throws {
        let published = try #require(Self.published)
        #expect(try scratch().status == 0)
        let start = "first.float.safetensors"
        let steps = ["--steps", "2", "--int8-steps", "1", "--teacher"]
        let taught = try train("fourth", from: start, steps + [published])
        #expect(taught.status == 0, "\(taught.errors)")
        // The face is there, and the student does not see it yet.
        let losses = taught.output.matches(of: #/teacher (\d+\.\d+)/#).compactMap { Double($0.1) }
        #expect(losses.count >= 2 && losses.allSatisfy { $0 > 1 }, "\(losses)")
        let features = try train("fifth", from: start, steps + [published, "--teacher-feature-weight", "1"])
        #expect(features.status == 0, "\(features.errors)")
        let more = features.output.matches(of: #/teacher (\d+\.\d+)/#).compactMap { Double($0.1) }
        #expect(try #require(more.first) > losses[0] + 0.3, "\(more) with features, \(losses) without")
        let other = published.replacing("yunet_n_320_320", with: "ultraface_rfb_320")
        let wrong = try train("sixth", from: start, steps + [other])
        #expect(
            wrong.status == 1 && wrong.errors.contains("ultraface_rfb_320.onnx: expected the 118 arrays"))
    }
}
