// Parts of a dataset: by the lists it came with, or by a seeded draw.
import OcellusTensor

extension Dataset {
    /// The pictures of one list. Throws `.invalidArgument` with the names there are when it has no such list.
    public func split(_ name: String) throws(OcellusError) -> Dataset {
        guard splits.contains(name) else {
            let known = splits.isEmpty ? "it has no lists" : "it has " + splits.joined(separator: ", ")
            throw OcellusError(.invalidArgument, "\(self.name): no list called '\(name)': \(known)")
        }
        var result = self
        result.pictures = pictures.filter { $0.splits.contains(name) }
        return result
    }

    /// What to learn from and what to measure on: the lists of these names, or, where the dataset has no lists, a tenth
    /// of its pictures held back by a seeded draw.
    ///
    /// Nil stands for `train` and `val`. Throws `.invalidArgument` with the names there are when it has no list of a name that was
    /// given, or has lists, but not these.
    public func parts(
        training: String? = nil, validation: String? = nil
    ) throws(OcellusError) -> (training: Dataset, validation: Dataset) {
        guard splits.isEmpty, training == nil, validation == nil else {
            return (try split(training ?? "train"), try split(validation ?? "val"))
        }
        let parts = separated(share: 0.1, seed: 0)
        return (parts.first, parts.second)
    }

    /// Two parts, the second with `share` of the pictures (rounded, at least one where there are two), drawn by `seed`.
    ///
    /// The order of the pictures stays. The same seed and the same pictures give the same parts.
    public func separated(share: Float, seed: UInt64) -> (first: Dataset, second: Dataset) {
        var (first, second) = (self, self)
        let count = pictures.count
        guard count > 1 else {
            second.pictures = []
            return (first, second)
        }
        let wanted = min(count - 1, max(1, Int((Float(count) * min(max(share, 0), 1)).rounded())))
        let order = RandomOrder(count: count, seed: seed, epoch: 0)
        let chosen = pictures.indices.map { order.element($0) < wanted }
        first.pictures = zip(pictures, chosen).filter { !$0.1 }.map(\.0)
        second.pictures = zip(pictures, chosen).filter(\.1).map(\.0)
        return (first, second)
    }

    /// The pictures of one collection.
    public func from(source: String) -> Dataset {
        var result = self
        result.pictures = pictures.filter { $0.source == source }
        return result
    }
}
