// COCO's annotations: each names its picture and its category by number.
import Foundation
import OcellusDetection

extension COCOFolder {
    /// Adds the objects to their pictures. `names` are the categories, `byIdentifier` the pictures' places, -1 for one
    /// that is not there.
    mutating func add(
        _ annotations: [Any], _ names: [Int: String], _ byIdentifier: [Int: Int], _ file: String
    ) {
        var counts: [Int: Int] = [:]
        for (index, item) in annotations.enumerated() {
            let item = item as? [String: Any] ?? [:]
            guard let image = item["image_id"] as? Int, let place = byIdentifier[image] else {
                let found = item["image_id"].map { "\($0)" } ?? "nothing"
                fault(.missingPicture, file, "annotation \(index + 1): image_id \(found) is not among the images")
                continue
            }
            // The picture is missing, which has been said.
            guard place >= 0 else { continue }
            counts[place, default: 0] += 1
            let (picture, box) = (pictures[place].name, counts[place] ?? 1)
            let numbers = (item["bbox"] as? [Any] ?? []).compactMap { ($0 as? NSNumber)?.floatValue }
            guard numbers.count == 4 else {
                faults.append(
                    DataFault(
                        .malformedBox, file: file, picture: picture, box: box,
                        "annotation \(index + 1): expected a bbox of four numbers"))
                continue
            }
            let (right, bottom) = (numbers[0] + numbers[2], numbers[1] + numbers[3])
            let bad = BoxReading.fault(
                numbers[0], numbers[1], right, bottom, file: file, picture: picture, box: box)
            if let bad {
                faults.append(bad)
                continue
            }
            let category = item["category_id"] as? Int
            guard let name = category.flatMap({ names[$0] }), let label = classes.label(name) else {
                let found = category.map { names[$0] ?? "category \($0)" } ?? "no category"
                faults.append(
                    DataFault(
                        .unknownClass, file: file, picture: picture, box: box,
                        "annotation \(index + 1): \(found) is not in the list of classes"))
                continue
            }
            let isCrowd = (item["iscrowd"] as? NSNumber)?.boolValue ?? false
            let corners = Box(left: numbers[0], top: numbers[1], right: right, bottom: bottom)
            pictures[place].add(GroundTruth(box: corners, label: label, isIgnored: isCrowd), number: box)
        }
    }
}
