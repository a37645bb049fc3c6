// Batches of pictures made by a formula, as Tests/References/training_steps.py trains on: coloured rectangles in a circle.
import OcellusData
import OcellusDetection
import OcellusTensor
import TestSupport

@testable import OcellusTraining

struct FormulaBatches: BatchMaker {
    /// Normalised pixels [size, size, 3] of each picture.
    private let inputs: [[Float]]
    private let truths: [[GroundTruth]]

    /// - Parameters:
    ///   - pictures: their numbers, in the order of training; after the last comes the first again.
    ///   - smallest: the least side of an object.
    ///   - normalize: what the network is given for a byte of a channel.
    init(_ pictures: [Int], size: Int, classes: Int, smallest: Int, normalize: (UInt8, Int) -> Float) {
        // One call a pixel would be what the tests spend their time in.
        let tables = (0..<3).map { channel in (0..<256).map { normalize(UInt8($0), channel) } }
        let made = pictures.map { FormulaPicture($0, size: size, classes: classes, smallest: smallest) }
        inputs = made.map { picture in
            var input = [Float](repeating: 0, count: picture.pixels.count)
            for channel in 0..<3 {
                let table = tables[channel]
                for i in stride(from: channel, to: input.count, by: 3) { input[i] = table[Int(picture.pixels[i])] }
            }
            return input
        }
        truths = made.map { $0.objects.map(FormulaBatches.truth) }
    }

    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> BatchContents {
        for index in 0..<count {
            let pixels = inputs[(first + index) % inputs.count]
            for i in pixels.indices { input[index * pixels.count + i] = pixels[i] }
        }
        return BatchContents(labels: (0..<count).map { SampleLabels(truths[(first + $0) % truths.count]) })
    }

    private static func truth(_ object: FormulaPicture.Object) -> GroundTruth {
        var landmarks: Landmarks?
        if !object.points.isEmpty {
            var all = Landmarks()
            for (index, point) in object.points.enumerated() {
                all[index] = Point(x: Float(point.x), y: Float(point.y))
            }
            landmarks = all
        }
        return GroundTruth(
            box: Box(
                left: Float(object.left), top: Float(object.top), right: Float(object.left + object.width),
                bottom: Float(object.top + object.height)), label: object.label, landmarks: landmarks)
    }
}
