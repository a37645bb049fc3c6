// The class names of a YOLO dataset: one a line in a text file, or under `names:` in a YAML file. Of YAML only the forms
// that such files have are read: [a, b], {0: a, 1: b}, "- a" lines and "0: a" lines.
import OcellusFiles

enum YOLONames {
    static let listNames = ["classes.txt", "obj.names", "labels.txt", "names.txt", "predefined_classes.txt"]

    /// Nil when the folder has no such file.
    static func read(_ folder: String) -> [String]? {
        for name in FolderListing.names(in: folder) where ["yaml", "yml"].contains(PathName.fileExtension(name)) {
            if let text = LabelFile.wellFormed(folder + "/" + name), let names = yaml(text) {
                return names
            }
        }
        for place in [folder, folder + "/labels"] {
            for name in FolderListing.names(in: place)
            where listNames.contains(name) || PathName.fileExtension(name) == "names" {
                guard let text = LabelFile.wellFormed(place + "/" + name) else { continue }
                let names = text.split(whereSeparator: \.isNewline).map { $0.trimmed() }
                return names.filter { !$0.isEmpty }
            }
        }
        return nil
    }

    /// Nil when there is no `names:`.
    static func yaml(_ text: String) -> [String]? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("names:") }) else { return nil }
        var first = lines[start].dropFirst(6).trimmed()
        var names: [String] = []
        if let opening = first.first, let closing: Character = ["[": "]", "{": "}"][opening] {
            // The list may go on over several lines.
            for line in lines[(start + 1)...] where !first.contains(closing) { first += line }
            for part in first.dropFirst().prefix(while: { $0 != closing }).split(separator: ",") {
                let row = part.trimmed()
                guard let name = opening == "[" ? bare(row) : numbered(row, names.count) else { return nil }
                names.append(name)
            }
            return names
        }
        for line in lines[(start + 1)...] {
            let row = line.trimmed()
            if row.isEmpty || row.hasPrefix("#") { continue }
            if row.hasPrefix("- ") {
                names.append(bare(String(row.dropFirst(2))))
            } else if line.first == " ", let name = numbered(row, names.count) {
                names.append(name)
            } else {
                break
            }
        }
        return names
    }

    /// The name of a row "0: a" with this number; nil when it is none.
    private static func numbered(_ row: String, _ number: Int) -> String? {
        guard let colon = row.firstIndex(of: ":"), Int(row[..<colon]) == number else { return nil }
        return bare(String(row[row.index(after: colon)...]))
    }

    private static func bare(_ text: String) -> String {
        text.trimmed { " \t\"'".contains($0) }
    }
}
