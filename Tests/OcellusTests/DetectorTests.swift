// The detector as a whole, on networks with seeded random numbers: no weights are needed, every path is taken.
import Ocellus
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

/// Models with random numbers, made once. A low threshold, so that they find something.
enum RandomModels {
    static let all: [Architecture: Model] = {
        var models: [Architecture: Model] = [:]
        for architecture in Architecture.allCases {
            models[architecture] = try? Model.smallRandom(architecture, seed: 11)
        }
        return models
    }()

    static func detector(
        _ architecture: Architecture, _ change: (inout Detector.Options) -> Void = { _ in }
    ) throws -> Detector {
        var options = Detector.Options()
        options.scoreThreshold = 0.02
        change(&options)
        return try Detector(try #require(all[architecture]), options: options)
    }
}

@Suite("Detector") struct DetectorTests {
    @Test("results are inside the picture, sorted, and of known classes", arguments: Architecture.allCases)
    func results(architecture: Architecture) throws {
        let detector = try RandomModels.detector(architecture)
        for (width, height) in [(640, 480), (97, 301), (300, 300)] {
            try TestPicture.grey(width, height, seed: 1).withView { view in
                let found = Array(try detector.detect(view))
                #expect(!found.isEmpty)
                for (index, detection) in found.enumerated() {
                    #expect(0.02...1 ~= detection.score)
                    #expect(index == 0 || found[index - 1].score >= detection.score)
                    #expect(1...detector.description.labels.count ~= detection.label)
                    let box = detection.box
                    #expect(0 <= box.left && box.left <= box.right && box.right <= Float(width))
                    #expect(0 <= box.top && box.top <= box.bottom && box.bottom <= Float(height))
                    #expect(detection.hasLandmarks == (architecture.landmarkCoder != nil))
                }
            }
        }
    }

    @Test("at most so many are handed out, the best ones, and the others are counted", arguments: Architecture.allCases)
    func maximum(architecture: Architecture) throws {
        try TestPicture.grey(320, 240, seed: 2).withView { view in
            let all = try RandomModels.detector(architecture) { $0.maximumDetections = 10_000 }
            let some = try RandomModels.detector(architecture) { $0.maximumDetections = 5 }
            let everything = Array(try all.detect(view))
            #expect(everything.count > 5 && all.foundCount == everything.count)
            let best = Array(try some.detect(view))
            #expect(best == Array(everything.prefix(5)))
            #expect(some.foundCount == all.foundCount)
        }
    }

    @Test("the caller's thresholds replace the model's")
    func thresholds() throws {
        try TestPicture.grey(320, 240, seed: 2).withView { view in
            let low = try RandomModels.detector(.mobileNetSSDCaffe) { $0.maximumDetections = 10_000 }
            let scores = Array(try low.detect(view)).map(\.score)
            let middle = scores[scores.count / 2]
            let high = try RandomModels.detector(.mobileNetSSDCaffe) {
                $0.maximumDetections = 10_000
                $0.scoreThreshold = middle
            }
            let highScores = Array(try high.detect(view)).map(\.score)
            #expect(highScores == scores.filter { $0 >= middle })
            let all = try RandomModels.detector(.mobileNetSSDCaffe) {
                $0.maximumDetections = 10_000
                $0.overlapThreshold = 1
            }
            let strict = try RandomModels.detector(.mobileNetSSDCaffe) {
                $0.maximumDetections = 10_000
                $0.overlapThreshold = 0
            }
            let (most, fewest) = (try all.detect(view).count, try strict.detect(view).count)
            #expect(fewest < scores.count && scores.count < most)
        }
    }

    @Test("options out of range are refused")
    func options() throws {
        let model = try #require(RandomModels.all[.retinaFaceMobileNet025])
        let changes: [(inout Detector.Options) -> Void] = [
            { $0.threads = 0 }, { $0.threads = 65 }, { $0.threads = .min }, { $0.maximumDetections = 0 },
            { $0.maximumDetections = 10_001 }, { $0.scoreThreshold = -0.01 }, { $0.scoreThreshold = 1.01 },
            { $0.scoreThreshold = .nan }, { $0.overlapThreshold = -0.01 }, { $0.overlapThreshold = .infinity },
            { $0.overlapThreshold = .nan },
        ]
        for change in changes {
            var options = Detector.Options()
            change(&options)
            let error = #expect(throws: OcellusError.self) { try Detector(model, options: options) }
            #expect(error?.code == .invalidArgument)
        }
        for value: Float in [0, 1] {
            _ = try RandomModels.detector(.retinaFaceMobileNet025) {
                $0.scoreThreshold = value
                $0.overlapThreshold = value
            }
        }
    }

    @Test("every pixel format of one picture gives nearly the same", arguments: PixelFormat.allCases)
    func formats(format: PixelFormat) throws {
        // Without suppression each detection stands for itself: a tie cannot turn into another box.
        let detector = try RandomModels.detector(.retinaFaceMobileNet025) {
            $0.overlapThreshold = 1
            $0.scoreThreshold = 0
            $0.maximumDetections = 10_000
        }
        let picture = try TestPicture.grey(320, 240, seed: 3)
        let expected = try picture.withView { Array(try detector.detect($0)) }
        let found = try picture.converted(to: format).withView { Array(try detector.detect($0)) }
        #expect(expected.count > 100)
        for detection in expected.prefix(50) where detection.box.area > 4 {
            let isFound = found.contains {
                $0.box.intersectionOverUnion(detection.box) > 0.9 && abs($0.score - detection.score) < 0.02
            }
            #expect(isFound, "\(format.name): \(detection.box) at \(detection.score)")
        }
    }

    @Test("a folded model detects what the unfolded one does", arguments: Architecture.allCases)
    func folded(architecture: Architecture) throws {
        let model = try #require(RandomModels.all[architecture])
        var options = Detector.Options()
        options.scoreThreshold = 0.02
        let plain = try Detector(model, options: options)
        let folded = try Detector(try model.folded(), options: options)
        try TestPicture.grey(320, 240, seed: 4).withView { view in
            // The detector folds by itself: these are the same numbers.
            let (one, other) = (Array(try plain.detect(view)), Array(try folded.detect(view)))
            #expect(one == other && !one.isEmpty)
        }
    }

    @Test("detectors on several threads give what one gives")
    func threads() async throws {
        let model = try #require(RandomModels.all[.retinaFaceMobileNet025])
        @Sendable func run() throws -> [[Detection]] {
            var options = Detector.Options()
            options.scoreThreshold = 0.02
            let detector = try Detector(model, options: options)
            return try (0..<3).map { seed in
                try TestPicture.grey(200 + Int(seed), 150, seed: seed).withView { Array(try detector.detect($0)) }
            }
        }
        let expected = try run()
        try await withThrowingTaskGroup(of: [[Detection]].self) { group in
            for _ in 0..<4 { group.addTask { try run() } }
            for try await found in group { #expect(found == expected) }
        }
    }

    @Test(
        "the second picture of a size allocates nothing", .enabled(if: AllocationCount.isAvailable),
        arguments: Architecture.allCases)
    func allocations(architecture: Architecture) throws {
        let detector = try RandomModels.detector(architecture)
        let first = try TestPicture.grey(320, 240, seed: 5)
        try first.withView { view in
            _ = try detector.detect(view)
            let second = try AllocationCount.of { _ = try detector.detect(view) }
            #expect(second == 0)
        }
        // Another size needs other tables: the count sees them.
        try TestPicture.grey(321, 240, seed: 5).withView { other in
            let first = try AllocationCount.of { _ = try detector.detect(other) }
            let second = try AllocationCount.of { _ = try detector.detect(other) }
            #expect(first > 0 && second == 0)
        }
    }
}
