// Which pictures there are to draw from: with objects, by collection, and without.
import OcellusTensor

struct SourcePools: Sendable {
    /// Pictures of one collection, as indices, and how often it is drawn.
    struct Pool: Sendable {
        var source: String
        var pictures: [Int] = []
        var weight: Float = 0
        var mosaicWeight: Float = 0
    }

    private(set) var labelled: [Pool] = []
    private(set) var empty: [Pool] = []
    private let singleWeights: [Float]
    private let mosaicWeights: [Float]
    private let emptyWeights: [Float]

    /// Without `weights` every picture is as likely as any other. With them, collections that are not named are drawn
    /// for pictures without objects alone, each such picture weighing 1.
    init(_ pictures: [LabelledPicture], weights: [String: SourceWeight]) {
        for (index, picture) in pictures.enumerated() {
            let hasObjects = picture.truths.contains { !$0.isIgnored }
            // A picture whose objects are all to be ignored is not empty: nothing may be said about it.
            guard hasObjects || picture.truths.isEmpty else { continue }
            for _ in 0..<max(1, picture.repeats) {
                if hasObjects {
                    SourcePools.add(index, picture.source, to: &labelled)
                } else {
                    SourcePools.add(index, picture.source, to: &empty)
                }
            }
        }
        for index in labelled.indices {
            let given = weights[labelled[index].source]
            let share = weights.isEmpty ? Float(labelled[index].pictures.count) : 0
            labelled[index].weight = given?.single ?? share
            labelled[index].mosaicWeight = given?.mosaic ?? share
        }
        for index in empty.indices {
            empty[index].weight = Float(empty[index].pictures.count) * (weights[empty[index].source]?.empty ?? 1)
        }
        singleWeights = labelled.map(\.weight)
        mosaicWeights = labelled.map(\.mosaicWeight)
        emptyWeights = empty.map(\.weight)
    }

    /// Throws `.invalidArgument` for weights that are below 0 or no numbers, of collections without pictures, and for a use for
    /// which none is above 0.
    func check(_ weights: [String: SourceWeight]) throws(OcellusError) {
        let known = Set((labelled + empty).map(\.source))
        for (source, weight) in weights.sorted(by: { $0.key < $1.key }) {
            for number in [weight.single, weight.mosaic, weight.empty] where !(number >= 0 && number.isFinite) {
                throw OcellusError(
                    .invalidArgument, "source '\(source)': a weight of \(number): must be a number of at least 0")
            }
            guard known.contains(source) else {
                throw OcellusError(
                    .invalidArgument,
                    "there are no pictures of a source '\(source)' to weigh: there are \(known.sorted().joined(separator: ", "))"
                )
            }
        }
        for (use, pools, numbers) in [
            ("canvases with one picture", labelled, singleWeights), ("mosaics", labelled, mosaicWeights),
            ("pictures without objects", empty, emptyWeights),
        ] where !pools.isEmpty && numbers.allSatisfy({ $0 == 0 }) {
            throw OcellusError(
                .invalidArgument,
                "no source has a weight above 0 for \(use): there are \(pools.map(\.source).sorted().joined(separator: ", "))"
            )
        }
    }

    private static func add(_ picture: Int, _ source: String, to pools: inout [Pool]) {
        if let index = pools.firstIndex(where: { $0.source == source }) {
            pools[index].pictures.append(picture)
        } else {
            pools.append(Pool(source: source, pictures: [picture]))
        }
    }

    /// A picture with objects; nil when there is none.
    func labelledPicture(forMosaic: Bool, _ random: inout SeededRandom) -> Int? {
        SourcePools.draw(labelled, forMosaic ? mosaicWeights : singleWeights, &random)
    }

    /// A picture without objects; nil when there is none.
    func emptyPicture(_ random: inout SeededRandom) -> Int? { SourcePools.draw(empty, emptyWeights, &random) }

    private static func draw(_ pools: [Pool], _ weights: [Float], _ random: inout SeededRandom) -> Int? {
        guard !pools.isEmpty else { return nil }
        let pool = pools[random.index(weights: weights)]
        return pool.pictures[random.index(pool.pictures.count)]
    }
}
