// What several tests of this module need: folders, pictures, frames, and a client of a server.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusLive
import TestSupport

/// A folder that goes with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ocellus-live-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

enum Sample {
    /// A picture with a gradient; `shade` makes each one different.
    static func picture(width: Int = 64, height: Int = 48, shade: Int = 0) throws -> RGBImage {
        let image = try RGBImage(width: width, height: height)
        for index in 0..<width * height * 3 {
            image.pixels.pointer[index] = UInt8((index / 3 % width * 200 / width + shade) & 255)
        }
        return image
    }

    /// A picture that JPEG cannot make small.
    static func noise(width: Int, height: Int, seed: UInt64) throws -> RGBImage {
        var random = SeededGenerator(seed: seed)
        let image = try RGBImage(width: width, height: height)
        for index in 0..<width * height * 3 { image.pixels.pointer[index] = UInt8(truncatingIfNeeded: random.next()) }
        return image
    }

    static func frame(_ image: RGBImage, number: Int, timestamp: Double) -> LiveFrame {
        LiveFrame(image: image.view, number: number, timestamp: timestamp, availableAt: LiveClock.now)
    }

    static func face(score: Float) -> TrackedDetection {
        TrackedDetection(Detection(box: Box(left: 10, top: 12, right: 40, bottom: 44), label: 1, score: score))
    }
}

/// A pipe with a writer that can be slow, and that stops writing when nobody reads any more.
final class Feed: @unchecked Sendable {
    let reader: Int32
    private let writer: Int32

    init() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        _ = pipe(&ends)
        (reader, writer) = (ends[0], ends[1])
    }

    deinit { close(reader) }

    /// Writes on a thread of its own, and closes.
    func write(_ pieces: [[UInt8]], pause: Double = 0) {
        Thread.detachNewThread { [writer] in
            for piece in pieces {
                var done = 0
                while done < piece.count {
                    let count = piece[done...].withUnsafeBytes { Foundation.write(writer, $0.baseAddress, $0.count) }
                    if count <= 0 { break }
                    done += count
                }
                if pause > 0 { Thread.sleep(forTimeInterval: pause) }
            }
            close(writer)
        }
    }
}

/// Runs what may wait for long on a thread of its own, so that no thread of tasks is held up.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}
