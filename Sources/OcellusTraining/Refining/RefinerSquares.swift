// What a refiner learns from: squares around labelled faces on the canvases that detectors are trained on, with points as far
// off as a detector's are.
import Glibc
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor

/// Numbered squares, each a pure function of the source's seed and its number. Several belong to one canvas, which costs more
/// than they do.
final class RefinerSquares {
    /// Squares of one canvas. Faces come repeatedly where it has few, each time with other points to begin with.
    static let perCanvas = 4
    /// Faces that are enlarged more than this are left out: nobody can say where their points are.
    private static let largestScale: Float = 4

    /// Standard deviations of what the detector is taken to be off by, before they are multiplied by 0.4 to 2 together: each
    /// point alone, then all of them together. Pixels of the square, in which the eyes are 17 apart, and radians.
    private static let (pointNoise, shiftNoise, scaleNoise, turnNoise): (Float, Float, Float, Float) = (
        0.8, 0.7, 0.05, 0.07
    )

    private let source: SampleSource
    private let plainCount: Int?
    private let preprocessors: [Preprocessor]
    private let canvases: [Buffer<UInt8>]
    private let squares: [Buffer<UInt8>]
    private let sampler: SquareSampler

    /// - Parameter plainCount: takes so many pictures as inference sees them, evenly from all, instead of augmented samples.
    init(
        _ source: SampleSource, _ preprocessing: Preprocessing, threads: Int, plainCount: Int? = nil
    ) throws(OcellusError) {
        try source.requireSize(of: preprocessing)
        self.source = source
        self.plainCount = plainCount
        sampler = SquareSampler(preprocessing, side: LandmarkRefiner.side)
        var preprocessors: [Preprocessor] = []
        var (canvases, squares): ([Buffer<UInt8>], [Buffer<UInt8>]) = ([], [])
        for _ in 0..<threads {
            preprocessors.append(try Preprocessor(preprocessing))
            canvases.append(try Buffer(count: preprocessing.elementCount))
            squares.append(try Buffer(count: RefinerSquares.elements))
        }
        self.preprocessors = preprocessors
        self.canvases = canvases
        self.squares = squares
    }

    static let elements = LandmarkRefiner.side * LandmarkRefiner.side * 3

    /// Where the squares of a batch go.
    struct Destination {
        /// [squares, side, side, 3], normalised.
        var input: UnsafeMutablePointer<Float>
        /// [squares, 10]: what the network is to answer.
        var offsets: UnsafeMutablePointer<Float>
        /// [squares, 10]: what it would answer if it left the points where they are.
        var begins: UnsafeMutablePointer<Float>
        /// [squares]: how much each counts; 0 where a canvas has no face with points.
        var weights: UnsafeMutablePointer<Float>
    }

    /// Fills `destination` with all squares of `canvases` from number `first` on. Throws what reading pictures throws.
    func read(
        first: Int, canvases count: Int, into destination: Destination, _ pool: ThreadPool
    ) throws(OcellusError) {
        _ = try pool.results(count) { index, worker throws(OcellusError) in
            // Another stream than the sample's own.
            var random = SeededRandom(seed: source.seed ^ 0x5EED_0F5E_C0DD, index: first + index)
            let canvas = canvases[worker].pointer
            let sample = try sample(first + index)
            _ = try preprocessors[worker].run(sample.image.view, into: canvas)
            let faces = sample.truths.compactMap { RefinerSquares.face($0) }
            for place in index * RefinerSquares.perCanvas..<(index + 1) * RefinerSquares.perCanvas {
                destination.weights[place] = 0
                destination.input.advanced(by: place * RefinerSquares.elements)
                    .update(repeating: 0, count: RefinerSquares.elements)
                for number in 0..<2 * Landmarks.count {
                    destination.offsets[place * 2 * Landmarks.count + number] = 0
                    destination.begins[place * 2 * Landmarks.count + number] = 0
                }
                guard !faces.isEmpty else { continue }
                draw(faces[random.index(faces.count)], canvas, worker, place, destination, &random)
            }
        }
    }

    /// A canvas with a face, if one of the first that its number stands for has one: in batches of empty squares nothing is learnt.
    private func sample(_ number: Int) throws(OcellusError) -> Sample {
        if let plainCount { return try source.plain(at: number * source.count / plainCount) }
        var sample = try source.sample(at: number)
        for attempt in 1..<RefinerSquares.attempts
        where !sample.truths.contains(where: { RefinerSquares.face($0) != nil }) {
            sample = try source.sample(at: number + attempt << 40)
        }
        return sample
    }

    private static let attempts = 8

    /// Whether an object's landmarks are learnt from, however large it is shown.
    static func counts(_ truth: GroundTruth) -> Bool {
        truth.landmarks != nil && truth.landmarkWeight > 0 && !truth.isIgnored && !truth.isDifficult
    }

    private struct Face {
        let points: Landmarks
        let toSquare: Similarity
        let weight: Float
    }

    private static func face(_ truth: GroundTruth) -> Face? {
        guard counts(truth), let points = truth.landmarks, let toSquare = LandmarkRefiner.toSquare(points),
            toSquare.scale <= largestScale
        else { return nil }
        let turn = turn(toSquare(points))
        let weight = truth.landmarkWeight + (1 - truth.landmarkWeight) * turn
        return Face(points: points, toSquare: toSquare, weight: weight * (1 + turnWeight * turn))
    }

    /// How much more a face counts that is seen from the side: few are (as PFLD, arXiv 1902.10859, weighs poses). People's points are
    /// of few of those, so a machine's count nearly as much there.
    private static let turnWeight: Float = 2

    /// How far a face is turned aside, 0 to 1, by how near its eyes are for the distance to the mouth. In the square.
    private static func turn(_ points: Landmarks) -> Float {
        func spans(_ face: Landmarks) -> (across: Float, down: Float) {
            let (x, y) = (face.rightEye.x - face.leftEye.x, face.rightEye.y - face.leftEye.y)
            let (u, v) = (
                face.leftMouth.x + face.rightMouth.x - face.leftEye.x - face.rightEye.x,
                face.leftMouth.y + face.rightMouth.y - face.leftEye.y - face.rightEye.y
            )
            return ((x * x + y * y).squareRoot(), (u * u + v * v).squareRoot() / 2)
        }
        let (face, upright) = (spans(points), spans(LandmarkRefiner.upright))
        guard face.down > 0 else { return 0 }
        return max(0, min(1, 1 - face.across / face.down * upright.down / upright.across))
    }

    private func draw(
        _ face: Face, _ canvas: UnsafePointer<UInt8>, _ worker: Int, _ place: Int, _ destination: Destination,
        _ random: inout SeededRandom
    ) {
        let found = face.toSquare.inverse(RefinerSquares.displaced(face.toSquare(face.points), &random))
        guard let toSquare = LandmarkRefiner.toSquare(found) else { return }
        let back = toSquare.inverse
        let square = squares[worker].pointer
        sampler.sample(.bytes(canvas), a: back.a, b: back.b, c: back.c, d: back.d, into: square)
        let normalization = LandmarkRefiner.normalization
        let input = destination.input + place * RefinerSquares.elements
        for index in 0..<RefinerSquares.elements {
            let channel = index % 3
            input[index] = (Float(square[index]) - normalization.mean[channel]) * normalization.scale[channel]
        }
        let first = place * 2 * Landmarks.count
        for (index, offset) in LandmarkRefiner.offsets(toSquare(face.points)).enumerated() {
            destination.offsets[first + index] = offset
        }
        for (index, offset) in LandmarkRefiner.offsets(toSquare(found)).enumerated() {
            destination.begins[first + index] = offset
        }
        destination.weights[place] = face.weight
    }

    /// Points of the square, off as a detector's are.
    private static func displaced(_ points: Landmarks, _ random: inout SeededRandom) -> Landmarks {
        let share = random.logUniform(0.4, 2)
        var moved = points
        for index in 0..<Landmarks.count {
            moved[index].x += random.normal() * pointNoise * share
            moved[index].y += random.normal() * pointNoise * share
        }
        let (angle, scale) = (random.normal() * turnNoise * share, exp(random.normal() * scaleNoise * share))
        let (a, b) = (cos(angle) * scale, sin(angle) * scale)
        let middle = Float(LandmarkRefiner.side) / 2
        let (x, y) = (random.normal() * shiftNoise * share, random.normal() * shiftNoise * share)
        return Similarity(a: a, b: b, c: middle - a * middle + b * middle + x, d: middle - b * middle - a * middle + y)(
            moved)
    }
}
