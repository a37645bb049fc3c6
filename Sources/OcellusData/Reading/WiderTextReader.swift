// RetinaFace's text lists of faces (for WIDER FACE): "# picture", then a row for each of its faces. Pictures lie in
// images/ beside the list. A picture without rows has no face.
import OcellusDetection
import OcellusFiles
import OcellusTensor

/// Rows are `left top width height`, and then, where points were marked, five times `x y flag` and a score. A flag of -1
/// (or a coordinate below 0) says that the face has no points. A score below 1 says that a machine labelled it.
struct WiderTextReader {
    /// How much landmarks that a machine set count, by the recipe for faces.
    static let machineLandmarkWeight: Float = 0.3

    private(set) var pictures: [LabelledPicture] = []
    private(set) var faults: [DataFault] = []
    private let file: String
    private let folder: String
    private let split: String
    private var rows = 0

    /// Reads `file`; `folder` has the pictures. Throws `.io` when the list cannot be read.
    init(file: String, folder: String, split: String) throws(OcellusError) {
        self.file = file
        self.folder = folder
        self.split = split
        let text = try LabelFile.text(file)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            read(line, number: index + 1)
        }
    }

    private mutating func read(_ line: Substring, number: Int) {
        if line.first == "#" {
            let name = line.dropFirst().trimmed()
            rows = 0
            let parts = name.split(separator: "/")
            pictures.append(
                LabelledPicture(
                    path: folder + "/" + name, name: name, splits: split.isEmpty ? [] : [split],
                    source: parts.count > 1 ? String(parts[0]) : PathName.last(folder),
                    labelFile: file))
            return
        }
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard !fields.isEmpty else { return }
        rows += 1
        guard !pictures.isEmpty else {
            faults.append(
                DataFault(.malformedBox, file: file, "line \(number): a row before the first line '# picture'"))
            return
        }
        let values = fields.compactMap { Float($0) }
        guard values.count == fields.count, values.allSatisfy({ BoxReading.isPixel($0) }),
            values.count == 4 || values.count >= 19
        else {
            fault(.malformedBox, "line \(number): expected 4 or 19 to 20 numbers, found '\(line.prefix(80))'")
            return
        }
        guard values[2] > 0, values[3] > 0 else {
            let kind: DataFault.Kind = values[2] < 0 || values[3] < 0 ? .swappedCorners : .zeroSize
            fault(kind, "line \(number): \(values[2]) wide and \(values[3]) high: both must be above 0")
            return
        }
        pictures[pictures.count - 1].add(WiderTextReader.truth(values), number: rows)
    }

    private static func truth(_ values: [Float]) -> GroundTruth {
        let box = Box(left: values[0], top: values[1], right: values[0] + values[2], bottom: values[1] + values[3])
        var truth = GroundTruth(box: box, label: 1)
        guard values.count >= 19 else { return truth }
        var points = Landmarks()
        for index in 0..<Landmarks.count {
            let (x, y, flag) = (values[4 + index * 3], values[5 + index * 3], values[6 + index * 3])
            guard x >= 0, y >= 0, flag > -1 else { return truth }
            points[index] = Point(x: x, y: y)
        }
        truth.landmarks = points
        if values.count > 19, values[19] < 1 { truth.landmarkWeight = machineLandmarkWeight }
        return truth
    }

    private mutating func fault(_ kind: DataFault.Kind, _ text: String) {
        faults.append(DataFault(kind, file: file, picture: pictures.last?.name ?? "", box: rows, text))
    }
}
