// Files of a folder by name, in an order that does not depend on the file system.
import OcellusFiles

public enum FolderListing {
    /// Of files that are taken for pictures, in small letters.
    public static let pictureExtensions: Set<String> = ["jpg", "jpeg", "png", "ppm", "pgm", "pnm"]

    /// Names in a folder that do not begin with a dot, sorted; empty when there is no such folder.
    static func names(in folder: String) -> [String] {
        FileSystem.names(in: folder).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Paths of pictures below a folder, relative to it, sorted. Links to folders inside are not followed.
    static func pictures(below folder: String) -> [String] {
        FileSystem.files(below: folder).filter { pictureExtensions.contains(PathName.fileExtension($0)) }
    }
}
