// Names of classes to labels: the list that was given, or the one that the data turns out to have.

struct ClassList {
    private(set) var names: [String]
    private let isFixed: Bool
    private var labels: [String: Int] = [:]

    /// `given` nil takes every name that comes.
    init(_ given: [String]?) {
        names = given ?? []
        isFixed = given != nil
        for (index, name) in names.enumerated() { labels[name] = index + 1 }
    }

    /// The label of a name; nil when the list is fixed and does not have it.
    mutating func label(_ name: String) -> Int? {
        if let known = labels[name] { return known }
        guard !isFixed else { return nil }
        names.append(name)
        labels[name] = names.count
        return names.count
    }

    /// Sorts a list that grew with the data, so that it does not depend on the order of files; relabels `pictures`.
    mutating func sort(_ pictures: inout [LabelledPicture]) {
        guard !isFixed else { return }
        let sorted = names.sorted()
        let moved = names.map { name in (sorted.firstIndex(of: name) ?? 0) + 1 }
        for picture in pictures.indices {
            for truth in pictures[picture].truths.indices {
                pictures[picture].truths[truth].label = moved[pictures[picture].truths[truth].label - 1]
            }
        }
        names = sorted
    }
}
