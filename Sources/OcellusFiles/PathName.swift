// The parts of a path as text. Nothing here looks at a file.

package enum PathName {
    /// What stands behind the last slash; slashes at the end are not counted.
    package static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// In small letters, without the point; empty when there is none.
    package static func fileExtension(_ path: String) -> String {
        point(path).map { path[path.index(after: $0)...].lowercased() } ?? ""
    }

    /// Without the extension; folders before the name stay.
    package static func stem(_ path: String) -> String { point(path).map { String(path[..<$0]) } ?? path }

    /// The folder that a path lies in; "." for a name alone.
    package static func folder(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The point before the extension. One that begins a name hides the file, one that ends it stands before nothing.
    private static func point(_ path: String) -> String.Index? {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let point = path.lastIndex(of: "."), point > start, path.index(after: point) < path.endIndex else {
            return nil
        }
        return point
    }
}
