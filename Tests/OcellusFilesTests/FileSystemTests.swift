// Folders and names against Foundation's idea of them.
import Foundation
import OcellusFiles
import OcellusTensor
import Testing

struct FileSystemTests {
    @Test(
        "names, extensions and stems are Foundation's",
        arguments: [
            "a.jpg", "a/b.c/d.JPG", "/x/y/", "noextension", ".hidden", "a/.hidden", "two.points.png", "ends.",
            "a b.txt",
            "ü.jpeg", "/", "dir.d/file",
        ])
    func names(_ path: String) {
        let text = path as NSString
        #expect(PathName.last(path) == text.lastPathComponent)
        #expect(PathName.fileExtension(path) == text.pathExtension.lowercased())
        if path.last != "/", path.last != "." { #expect(PathName.stem(path) == text.deletingPathExtension) }
    }

    @Test("the folder of a path")
    func folders() {
        #expect(["a", "a/b", "/a", "/a/b/c"].map(PathName.folder) == [".", "a", "/", "/a/b"])
    }

    @Test("files below a folder, sorted; links to folders are not followed; all of it can be removed")
    func walk() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "walk-\(UUID().uuidString)").path
        #expect(!FileSystem.exists(root) && !FileSystem.isFolder(root) && FileSystem.names(in: root).isEmpty)
        try FileSystem.makeFolder(root + "/b/c")
        try FileSystem.makeFolder(root + "/b/c")
        try FileSystem.makeFolder(root + "/a")
        for name in ["b/c/1.txt", "z", "b/.hidden", "b c.txt"] {
            try Data().write(to: URL(filePath: root + "/" + name))
        }
        try FileManager.default.createSymbolicLink(atPath: root + "/a/loop", withDestinationPath: root)
        #expect(FileSystem.files(below: root) == ["a/loop", "b c.txt", "b/.hidden", "b/c/1.txt", "z"])
        #expect(FileSystem.names(in: root).sorted() == ["a", "b", "b c.txt", "z"])
        #expect(
            FileSystem.isFolder(root + "/a/loop") && FileSystem.exists(root + "/z") && !FileSystem.isFolder(root + "/z")
        )
        do throws(OcellusError) {
            try FileSystem.makeFolder(root + "/z/below")
            Issue.record("a folder was made in a file")
        } catch {
            #expect(error.code == .io && error.message == "\(root)/z/below: cannot be made: \(root)/z: File exists")
        }
        let kept = root + "-kept"
        try FileSystem.makeFolder(kept)
        try FileManager.default.createSymbolicLink(atPath: root + "/out", withDestinationPath: kept)
        FileSystem.removeFolder(root)
        #expect(!FileSystem.exists(root) && FileSystem.isFolder(kept))
        FileSystem.removeFolder(kept)
    }
}
