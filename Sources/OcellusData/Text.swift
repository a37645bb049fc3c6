// Two things that readers do with text. The standard library's own `replacing` would bring regular expressions along,
// more than a megabyte of libocellus_training.

extension StringProtocol {
    /// Without what `isTrimmed` says of at both ends: white space, when nothing else is given.
    func trimmed(_ isTrimmed: (Character) -> Bool = { $0.isWhitespace }) -> String {
        guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension String {
    /// With `other` in every place of `part`, which must not be empty.
    func replaced(_ part: String, by other: String) -> String {
        var result = ""
        var rest = self[...]
        while let first = rest.first {
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
