// COCO's annotations: each names its picture and its category by number.
import OcellusDetection
import OcellusTensor

extension COCOFolder {
    /// Adds the objects to their pictures. `names` are the categories, `byIdentifier` the pictures' places, -1 for one
    /// that is not there.
    mutating func addAnnotations(
        _ list: COCOFile, _ names: [Int: String], _ byIdentifier: [Int: Int], _ file: String
    ) throws(OcellusError) {
        var counts: [Int: Int] = [:]
        try list.forEach(.annotations) { index, item in
            guard let image = item.image, let place = byIdentifier[image] else {
                let found = item.imageText ?? "nothing"
                fault(.missingPicture, file, "annotation \(index + 1): image_id \(found) is not among the images")
                return
            }
            // The picture is missing, which has been said.
            guard place >= 0 else { return }
            counts[place, default: 0] += 1
            let (picture, box) = (pictures[place].name, counts[place] ?? 1)
            let numbers = item.box
            guard numbers.count == 4 else {
                faults.append(
                    DataFault(
                        .malformedBox, file: file, picture: picture, box: box,
                        "annotation \(index + 1): expected a bbox of four numbers"))
                return
            }
            let (right, bottom) = (numbers[0] + numbers[2], numbers[1] + numbers[3])
            let bad = BoxReading.fault(
                numbers[0], numbers[1], right, bottom, file: file, picture: picture, box: box)
            if let bad {
                faults.append(bad)
                return
            }
            guard let name = item.category.flatMap({ names[$0] }), let label = classes.label(name) else {
                let found = item.category.map { names[$0] ?? "category \($0)" } ?? "no category"
                faults.append(
                    DataFault(
                        .unknownClass, file: file, picture: picture, box: box,
                        "annotation \(index + 1): \(found) is not in the list of classes"))
                return
            }
            let corners = Box(left: numbers[0], top: numbers[1], right: right, bottom: bottom)
            pictures[place].add(GroundTruth(box: corners, label: label, isIgnored: item.isCrowd), number: box)
        }
    }
}
