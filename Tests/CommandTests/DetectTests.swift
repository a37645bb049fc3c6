// `ocellus detect` on a model whose answer is known.
import Foundation
import OcellusFiles
import OcellusImage
import Testing

struct DetectTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("fixed.safetensors"))
        try PictureFile.write(try FixedModel.picture(), path: folder.path("a.png"))
    }

    private func detect(_ arguments: String...) throws -> Outcome {
        try Ocellus.run(["detect", "--model", "fixed.safetensors"] + arguments, in: folder.path)
    }

    @Test("JSON has its fields in the documented order, one line a picture")
    func json() throws {
        try PictureFile.write(try FixedModel.picture(width: 640, height: 480), path: folder.path("b.ppm"))
        let outcome = try detect("a.png", "b.ppm", "--json", "--maximum", "2")
        try Snapshot.expect(outcome.transcript, "detect-json")
        // The first anchor of the 10x10 level is 128 wide around (16, 16); a size of -5 makes it 128 * exp(-5 * 0.2) =
        // 47.09, and what lies outside the picture is cut off. 640 pixels become 300: 39.54 is 84.36 there.
        #expect(outcome.output.contains(#""score":0.75,"box":[0,0,39.54,39.54]"#))
        #expect(outcome.output.contains(#""score":0.75,"box":[0,0,84.36,84.36]"#))
    }

    @Test("text names class, score and box")
    func text() throws {
        let outcome = try detect("a.png", "--maximum", "3")
        try Snapshot.expect(Snapshot.withoutMachine(outcome.transcript), "detect-text")
    }

    @Test("a threshold above every score leaves nothing, and that is no failure")
    func nothing() throws {
        let outcome = try detect("a.png", "--threshold", "0.9")
        #expect(outcome.status == 0)
        #expect(Snapshot.withoutMachine(outcome.output) == "a.png  300x300  nothing  TIME ms\n")
        #expect(
            try detect("a.png", "--threshold", "0.9", "--json").output
                == #"{"image":"a.png","width":300,"height":300,"detections":[]}"# + "\n")
    }

    @Test("bad pictures are named one by one, the others are searched, status 1")
    func badPictures() throws {
        let jpeg = try PictureFile.encode(try FixedModel.picture(), .jpeg)
        try folder.write("truncated.jpg", Array(jpeg.prefix(jpeg.count / 2)))
        try folder.write("empty.png", [])
        try folder.write("words.jpg", Array("no picture".utf8))
        try folder.makeFolder("bare")
        let outcome = try detect(
            "truncated.jpg", "empty.png", "words.jpg", "missing.jpg", "bare", "/dev/null", "a.png", "--json",
            "--maximum", "1")
        #expect(outcome.status == 1)
        try Snapshot.expect(outcome.transcript, "detect-bad-pictures")
    }

    @Test("a folder stands for its pictures, sorted, without other files, folders and hidden ones")
    func wholeFolder() throws {
        try folder.makeFolder("many/inner")
        let png = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.png")))
        for name in ["many/b.PNG", "many/a.jpeg", "many/.hidden.png", "many/notes.txt", "many/inner/c.png"] {
            try png.write(to: URL(fileURLWithPath: folder.path(name)))
        }
        let outcome = try detect("many", "--threshold", "1", "--json")
        #expect(outcome.status == 0)
        #expect(
            outcome.output
                == ["a.jpeg", "b.PNG"].map {
                    #"{"image":"many/\#($0)","width":300,"height":300,"detections":[]}"# + "\n"
                }.joined())
    }

    @Test("names that are not UTF-8, and names with line breaks and escapes, are found and do not reach the terminal")
    func oddNames() throws {
        let outcome = try Ocellus.shell(
            #"""
            mkdir odd; cp a.png "odd/$(printf 'caf\351.png')"; cp a.png "odd/$(printf 'b\nc\033[31m.png')"
            "$ocellus" detect --model fixed.safetensors --threshold 1 odd "odd/$(printf 'caf\351.png')"
            "$ocellus" detect --model fixed.safetensors --threshold 1 --json odd
            "$ocellus" detect --model fixed.safetensors "$(printf 'not\351.png')"
            """#, in: folder.path)
        #expect(outcome.status == 1)
        try Snapshot.expect(Snapshot.withoutMachine(outcome.transcript), "detect-odd-names")
    }

    @Test("a reader that goes away ends the output quietly; a full disk is said")
    func closedOutput() throws {
        let gone = try Ocellus.shell(
            #"{ "$ocellus" detect --model fixed.safetensors --json a.png a.png a.png; echo "status $?" >&2; } | true"#,
            in: folder.path)
        #expect(gone.errors == "status 0\n")
        let full = try Ocellus.shell(
            #""$ocellus" detect --model fixed.safetensors a.png > /dev/full"#, in: folder.path)
        #expect(full.status == 1)
        #expect(full.errors == "ocellus: cannot write the results: No space left on device\n")
    }

    @Test("tiles find the small boxes of every part, at most --maximum")
    func tiles() throws {
        let whole = try detect("a.png", "--json")
        let tiled = try detect("a.png", "--json", "--tile", "2")
        let count = { (text: String) in text.components(separatedBy: #""label""#).count - 1 }
        #expect(tiled.status == 0)
        #expect(count(tiled.output) > count(whole.output))
        #expect(count(try detect("a.png", "--json", "--tile", "2", "--maximum", "4").output) == 4)
    }
}
