// KEY=NUMBER,KEY=NUMBER on the command line: numbers by class, size or source.
import ArgumentParser

enum NumberList {
    /// - Parameters:
    ///   - form: what an entry looks like, for messages.
    ///   - counts: how many numbers an entry may have, with colons between them.
    ///
    /// Throws for an entry that is not so, and for a key that stands there twice. A key may have '=' in its name.
    static func parse(
        _ list: String?, _ option: String, form: String, counts: ClosedRange<Int> = 1...1
    ) throws -> [(key: String, numbers: [Float])] {
        var result: [(key: String, numbers: [Float])] = []
        for entry in (list?.split(separator: ",", omittingEmptySubsequences: false) ?? []) {
            guard let sign = entry.lastIndex(of: "="), sign > entry.startIndex,
                let numbers = numbers(entry[entry.index(after: sign)...]), counts.contains(numbers.count)
            else {
                throw ValidationError("\(option): '\(entry)' is not \(form)")
            }
            let key = String(entry[..<sign])
            guard !result.contains(where: { $0.key == key }) else { throw ValidationError("\(option): '\(key)' twice") }
            result.append((key, numbers))
        }
        return result
    }

    /// nil when one is no finite number.
    private static func numbers(_ text: Substring) -> [Float]? {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Float($0) ?? .nan }
        return numbers.allSatisfy(\.isFinite) ? numbers : nil
    }
}
