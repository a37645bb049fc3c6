// Which pictures and which of their objects are drawn, and how often.
import OcellusDetection
import OcellusTensor
import Testing

@testable import OcellusData

@Suite struct SourcePoolsTests {
    @Test("weights choose the collections, repeats the pictures and objects")
    func weights() throws {
        let pictures = ["a", "b"].flatMap { source in
            (0..<5).map {
                LabelledPicture(
                    path: "", name: "\(source)\($0)",
                    truths: [GroundTruth(box: Box(left: 0, top: 0, right: 9, bottom: 9), label: 1)], source: source)
            }
        }
        let pools = SourcePools(pictures, weights: ["b": SourceWeight(single: 1, mosaic: 0)])
        var random = SeededRandom(seed: 1)
        for _ in 0..<50 { #expect(try #require(pools.labelledPicture(forMosaic: false, &random)) >= 5) }
        let even = SourcePools(pictures, weights: [:])
        let drawn = (0..<200).compactMap { _ in even.labelledPicture(forMosaic: true, &random) }
        #expect(Set(drawn).count == 10)
        #expect(even.emptyPicture(&random) == nil)
        var empty = [LabelledPicture(path: "", name: "once"), LabelledPicture(path: "", name: "nine times")]
        empty[1].repeats = 9
        let repeated = SourcePools(empty, weights: [:])
        let second = (0..<500).filter { _ in repeated.emptyPicture(&random) == 1 }.count
        #expect(abs(second - 450) < 40)
        var labelled = pictures
        labelled[7].repeats = 11
        let frequent = SourcePools(labelled, weights: ["b": SourceWeight(single: 1, mosaic: 1)])
        let eighth = (0..<600).filter { _ in frequent.labelledPicture(forMosaic: true, &random) == 7 }.count
        #expect(abs(eighth - 440) < 40)
        labelled[0].truths.append(GroundTruth(box: Box(left: 9, top: 0, right: 19, bottom: 9), label: 1))
        let places = { (random: inout SeededRandom) in
            (0..<400).filter { _ in labelled[0].drawnTruth(&random)?.box.left == 9 }.count
        }
        #expect(abs(places(&random) - 200) < 40)
        labelled[0].truthRepeats = [1, 3]
        #expect(abs(places(&random) - 300) < 40)
        #expect(empty[0].drawnTruth(&random) == nil)
    }

    @Test("weights of nothing that is there, and those that weigh nothing, are refused")
    func weightless() throws {
        let picture = LabelledPicture(
            path: "", name: "a", truths: [GroundTruth(box: Box(left: 0, top: 0, right: 9, bottom: 9), label: 1)],
            source: "a")
        for (weights, reason) in [
            (["b": SourceWeight(single: 1)], "no pictures of a source 'b' to weigh: there are a"),
            (["a": SourceWeight(single: -1)], "source 'a': a weight of -1.0: must be a number of at least 0"),
            (["a": SourceWeight(single: 1, empty: .nan)], "source 'a': a weight of nan"),
            (["a": SourceWeight(single: 0, mosaic: 1)], "above 0 for canvases with one picture: there are a"),
            (["a": SourceWeight(single: 1, mosaic: 0)], "above 0 for mosaics: there are a"),
            (["a": SourceWeight(single: .infinity)], "a weight of inf: must be a number of at least 0"),
        ] {
            let error = #expect(throws: OcellusError.self) {
                try SampleSource(
                    [Dataset(name: "d", classes: ["x"], pictures: [picture])], augmentation: .faces, inputWidth: 64,
                    inputHeight: 64, seed: 1, weights: weights)
            }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "nothing")")
        }
    }
}
