// Anchor sizes from objects whose sizes are known.
import Testing

@testable import OcellusData

struct AnchorClustersTests {
    @Test("two kinds of objects give their two sizes, whatever the order, and the overlap is perfect")
    func twoKinds() {
        let small = AnchorClusters.Size(width: 10, height: 20)
        let large = AnchorClusters.Size(width: 100, height: 60)
        let clusters = AnchorClusters([large, small, small, large, small], count: 2, seed: 3)
        #expect(clusters.sizes == [small, large])
        #expect(clusters.counts == [3, 2])
        #expect(clusters.meanOverlap == 1 && clusters.recall == 1)
    }

    @Test("the overlap of sizes is that of boxes with one centre")
    func overlap() {
        let tall = AnchorClusters.Size(width: 10, height: 40)
        let wide = AnchorClusters.Size(width: 40, height: 10)
        #expect(tall.overlap(wide) == 100.0 / 700)
        #expect(AnchorClusters([tall, wide], sizes: [tall]).recall == 0.5)
    }

    @Test("more sizes than objects, no objects, and sizes that are no sizes end nothing")
    func edges() {
        let one = AnchorClusters.Size(width: 5, height: 5)
        #expect(AnchorClusters([one, one], count: 6, seed: 1).sizes == [one])
        #expect(AnchorClusters([], count: 3, seed: 1).sizes.isEmpty)
        let bad = [AnchorClusters.Size(width: 0, height: 5), AnchorClusters.Size(width: .nan, height: 5)]
        #expect(AnchorClusters(bad, count: 3, seed: 1).recall == 0)
    }

    @Test("one seed gives one result")
    func seeded() {
        var random = SeededRandom(seed: 9)
        let objects = (0..<300).map { _ in
            AnchorClusters.Size(width: random.logUniform(8, 200), height: random.logUniform(8, 200))
        }
        let first = AnchorClusters(objects, count: 5, seed: 2)
        #expect(first.sizes == AnchorClusters(objects, count: 5, seed: 2).sizes)
        #expect(first.sizes.count == 5 && first.meanOverlap > AnchorClusters(objects, count: 1, seed: 2).meanOverlap)
    }
}
