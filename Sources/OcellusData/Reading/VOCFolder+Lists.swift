// VOC's lists of pictures: text files of names without extension, in ImageSets/Main.
import OcellusFiles

extension VOCFolder {
    /// Lists of stems, one a line. Lists by class have a second column and are left alone.
    mutating func readLists(_ stems: [String: Int]) {
        let lists = folder + "/ImageSets/Main"
        for name in FolderListing.names(in: lists) where name.hasSuffix(".txt") {
            let path = lists + "/" + name
            guard let text = LabelFile.wellFormed(path) else {
                fault(.unreadableLabels, path, "not a list of names in UTF-8")
                continue
            }
            let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: " ") }.filter { !$0.isEmpty }
            if !rows.isEmpty, rows.allSatisfy({ $0.count > 1 }) { continue }
            var seen: Set<String> = []
            for row in rows {
                let stem = String(row[0])
                guard let index = stems[stem] else {
                    // A faulty annotation has been named already.
                    if !FileSystem.exists(labels + "/" + stem + ".xml") {
                        fault(.missingPicture, path, "'\(stem)' is in the list, but has no picture")
                    }
                    continue
                }
                if seen.insert(stem).inserted {
                    pictures[index].splits.append(PathName.stem(name))
                } else {
                    fault(.duplicatePicture, path, "'\(stem)' is in the list twice")
                }
            }
        }
    }
}
