// Folders and names: what readers of data and runs ask of a file system. Whole files are OcellusTensor's FileBytes.
// POSIX and no Foundation: these layers are in libocellus_training, where Foundation would be most of the bytes.
import Glibc
import OcellusTensor

package enum FileSystem {
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Also for a link to one.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What is in a folder, in the file system's order, without `.` and `..`; empty when there is no such folder.
    package static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // The record ends with the name: only that much of the declared array is there.
            let place = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
            let name = String(cString: place.assumingMemoryBound(to: CChar.self))
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Paths of all files below a folder, relative to it, sorted. Links to folders inside are not followed.
    package static func files(below folder: String) -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let place = waiting.popLast() {
            for name in names(in: place.isEmpty ? folder : folder + "/" + place) {
                let path = place.isEmpty ? name : place + "/" + name
                var status = stat()
                guard lstat(folder + "/" + path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { waiting.append(path) } else { found.append(path) }
            }
        }
        return found.sorted()
    }

    /// Makes a folder and those above it that are missing. Throws `.io`.
    package static func makeFolder(_ path: String) throws(OcellusError) {
        var place = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            place += part
            if mkdir(place, 0o777) != 0 {
                let reason = errorText()
                guard isFolder(place) else {
                    throw OcellusError(
                        .io, "\(path): cannot be made: " + (place == path ? "" : place + ": ") + reason)
                }
            }
            place += "/"
        }
    }

    /// Removes a file or a link; what cannot be removed stays.
    package static func removeFile(_ path: String) { unlink(path) }

    /// Removes a folder and everything below it; what cannot be removed stays. Links are removed, not followed.
    package static func removeFolder(_ path: String) {
        for name in names(in: path) {
            let inner = path + "/" + name
            if unlink(inner) != 0 { removeFolder(inner) }
        }
        rmdir(path)
    }

    /// What the latest call of the system that failed on this thread said.
    package static func errorText() -> String { String(cString: strerror(errno)) }
}
