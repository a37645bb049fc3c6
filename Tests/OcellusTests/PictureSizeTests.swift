// The smallest, thinnest and largest pictures, and detection in parts.
import Foundation
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@testable import Ocellus

@Suite("Picture sizes") struct PictureSizeTests {
    /// Unoptimised code would take minutes for the largest picture.
    private static let isOptimised: Bool = {
        var isOptimised = true
        assert(
            {
                isOptimised = false; return true
            }())
        return isOptimised
    }()

    @Test(
        "tiny and thin pictures are looked at like any other",
        arguments: [(1, 1), (1, 10_000), (10_000, 1), (2, 2), (32_768, 1), (3, 299)])
    func extremes(width: Int, height: Int) throws {
        for architecture in [Architecture.retinaFaceMobileNet025, .mobileNetSSDCaffe] {
            let detector = try RandomModels.detector(architecture) { $0.scoreThreshold = 0 }
            try TestPicture.grey(width, height, seed: 6).withView { view in
                let found = try detector.detect(view)
                #expect(found.count > 0)
                for detection in found {
                    #expect(0...Float(width) ~= detection.box.left && 0...Float(width) ~= detection.box.right)
                    #expect(0...Float(height) ~= detection.box.top && 0...Float(height) ~= detection.box.bottom)
                }
            }
        }
    }

    @Test("a picture of 20000x20000 takes no memory of its size", .enabled(if: isOptimised), .timeLimit(.minutes(2)))
    func largest() throws {
        let side = 20_000
        // Zero pages that are only read take no memory.
        let memory = try #require(
            mmap(nil, side * side, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, side * side) }
        let view = try ImageView(
            pixels: memory.assumingMemoryBound(to: UInt8.self), width: side, height: side, format: .grey8)
        let detector = try RandomModels.detector(.retinaFaceMobileNet025)
        let before = try residentBytes()
        let large = try detector.detect(view).map(\.box)
        let grown = try residentBytes() - before
        #expect(grown < 64 << 20)
        // Black is black: the same boxes as in a small black picture, larger.
        let small = try RGBImage(width: 200, height: 200)
        let expected = try detector.detect(small.view).map(\.box)
        #expect(large.count == expected.count)
        for (found, box) in zip(large, expected) {
            #expect(found.intersectionOverUnion(box.scaled(x: 100, y: 100)) > 0.999 || box.area < 1)
        }
    }

    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

@Suite("Detection in parts") struct TiledDetectorTests {
    @Test("one part is the detector itself")
    func one() throws {
        let detector = try RandomModels.detector(.retinaFaceMobileNet025)
        try TestPicture.grey(320, 240, seed: 7).withView { view in
            let expected = Array(try detector.detect(view))
            let found = try TiledDetector(detector, tiles: 1).detect(view)
            #expect(found == expected)
        }
    }

    @Test("0 and 9 parts a side are refused", arguments: [0, 9, -1, Int.max, Int.min])
    func refused(tiles: Int) throws {
        let detector = try RandomModels.detector(.retinaFaceMobileNet025)
        let error = #expect(throws: OcellusError.self) { try TiledDetector(detector, tiles: tiles) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("pictures smaller than their parts are no trouble", arguments: [(1, 1), (5, 3)])
    func tiny(width: Int, height: Int) throws {
        let detector = try RandomModels.detector(.retinaFaceMobileNet025) { $0.maximumDetections = 20 }
        try TestPicture.grey(width, height, seed: 8).withView { view in
            for detection in try TiledDetector(detector, tiles: 8).detect(view) {
                #expect(0...Float(width) ~= detection.box.left && 0...Float(width) ~= detection.box.right)
            }
        }
    }

    @Test("parts see more than the whole, nothing twice", arguments: [PixelFormat.nv12, .yuyv, .rgb8])
    func parts(format: PixelFormat) throws {
        let detector = try RandomModels.detector(.retinaFaceMobileNet025) { $0.overlapThreshold = 0.3 }
        try TestPicture.grey(640, 480, seed: 9).converted(to: format).withView { view in
            let whole = Array(try detector.detect(view))
            let found = try TiledDetector(detector, tiles: 2).detect(view)
            #expect(found.count > whole.count)
            #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
            for (index, detection) in found.enumerated() {
                #expect(0 <= detection.box.left && detection.box.right <= 640)
                #expect(0 <= detection.box.top && detection.box.bottom <= 480)
                for other in found[..<index] { #expect(detection.box.intersectionOverUnion(other.box) <= 0.3) }
            }
        }
    }

    @Test("what touches the picture's own edges is not cut, also where a length is odd; what touches other edges is")
    func edges() {
        for (length, tiles) in [1200, 1201, 1202, 1203].flatMap({ length in [2, 3, 4].map { (length, $0) } }) {
            for index in 0..<tiles {
                let (start, size) = TiledDetector.span(length, index, of: tiles)
                #expect(start >= 0 && start + size <= length && start % 2 == 0 && size % 2 == 0)
                let (middle, end) = (Float(size) / 2, Float(size))
                #expect(TiledDetector.cuts(0, middle, start, size, of: length) == (index > 0))
                #expect(TiledDetector.cuts(middle, end, start, size, of: length) == (index < tiles - 1))
            }
        }
    }

    @Test("detections without landmarks stay without")
    func landmarks() throws {
        let detector = try RandomModels.detector(.mobileNetSSDTensorFlow) { $0.maximumDetections = 50 }
        try TestPicture.grey(640, 480, seed: 9).withView { view in
            for detection in try TiledDetector(detector, tiles: 2).detect(view) {
                #expect(!detection.hasLandmarks && detection.landmarks == Landmarks())
            }
        }
    }
}
