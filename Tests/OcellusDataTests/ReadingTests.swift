// Every label format, as its tools write it and as they damage it.
import OcellusDetection
import OcellusFiles
import OcellusTensor
import Testing

@testable import OcellusData

struct ReadingTests {
    private let folder: DataFolder

    init() throws { folder = try DataFolder() }

    @Test("VOC: pixels counted from 1 with the last one included become edges; classes sorted; lists are splits")
    func voc() throws {
        for stem in ["b", "a", "c"] { try folder.picture("JPEGImages/\(stem).jpg") }
        try folder.annotation("a", [("dog", ["1", "1", "64", "48"]), ("cat", ["11", "6", "20", "15.5"])])
        try folder.annotation("b", [])
        try folder.write("ImageSets/Main/train.txt", "a\nc\n")
        try folder.write("ImageSets/Main/dog_train.txt", "a  1\nb -1\n")
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["cat", "dog"])
        #expect(dataset.pictures.map(\.name) == ["a.jpg", "b.jpg", "c.jpg"])
        #expect(dataset.pictures[0].truths.map(\.label) == [2, 1])
        #expect(dataset.pictures[0].truths[0].box == Box(left: 0, top: 0, right: 64, bottom: 48))
        #expect(dataset.pictures[0].truths[1].box == Box(left: 10, top: 5, right: 20, bottom: 15.5))
        #expect(dataset.pictures[0].statedSize == PixelSize(width: 64, height: 48))
        #expect(try dataset.split("train").pictures.map(\.name) == ["a.jpg", "c.jpg"])
        #expect(dataset.faultKinds == ["pictureWithoutLabels"])
        #expect(throws: OcellusError.self) { try dataset.split("test") }
    }

    @Test("VOC: of pictures that share a name the one with the labels is in the lists, and the other is left out")
    func vocSameNames() throws {
        for name in ["a.jpg", "a.png", "b.jpg", "b.png"] { try folder.picture("JPEGImages/\(name)") }
        try folder.annotation("a", [("dog", ["1", "1", "64", "48"])])
        try folder.write(
            "Annotations/b.xml",
            """
            <annotation><filename>b.png</filename><object><name>dog</name>
            <bndbox><xmin>5</xmin><ymin>5</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object></annotation>
            """)
        try folder.write("ImageSets/Main/train.txt", "a\nb\n")
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.pictures.map(\.name) == ["a.jpg", "b.png"])
        #expect(try dataset.split("train").pictures.map(\.truths.count) == [1, 1])
        #expect(dataset.faultKinds == ["duplicatePicture", "duplicatePicture"])
    }

    @Test("VOC: the parts of an object are no objects")
    func vocParts() throws {
        try folder.picture("JPEGImages/a.jpg")
        try folder.write(
            "Annotations/a.xml",
            """
            <annotation><filename>a.jpg</filename><object><name>person</name><difficult>1</difficult>
            <bndbox><xmin>5</xmin><ymin>5</ymin><xmax>20</xmax><ymax>30</ymax></bndbox>
            <part><name>head</name><bndbox><xmin>7</xmin><ymin>5</ymin><xmax>9</xmax><ymax>8</ymax></bndbox></part>
            </object></annotation>
            """)
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["person"])
        #expect(
            dataset.pictures[0].truths == [
                GroundTruth(box: Box(left: 4, top: 4, right: 20, bottom: 30), label: 1, isDifficult: true)
            ])
    }

    @Test("VOC: every fault is named with its file and box, and the rest is read")
    func vocFaults() throws {
        for stem in ["a", "b"] { try folder.picture("JPEGImages/\(stem).jpg") }
        try folder.annotation(
            "a",
            [
                ("dog", ["30", "5", "20", "15"]), ("dog", ["5", "5", "5", "15"]), ("dog", ["x", "5", "9", "15"]),
                ("dog", ["nan", "5", "9", "15"]), ("bird", ["5", "5", "9", "15"]), ("dog", ["5", "5", "9", "15"]),
            ])
        try folder.write("Annotations/b.xml", "<annotation><object><name>dog</na")
        try folder.write("Annotations/c.xml", "not XML at all")
        try folder.annotation("d", [])
        try folder.write("Annotations/e.xml", "<html></html>")
        try folder.write("ImageSets/Main/train.txt", "a\na\nz\n")
        let dataset = try Dataset.read(folder.path, classes: ["dog"])
        #expect(dataset.pictures.map(\.name) == ["a.jpg"])
        #expect(dataset.pictures[0].truths.count == 1)
        #expect(
            dataset.faultKinds == [
                "duplicatePicture", "malformedBox 3", "malformedBox 4", "missingPicture", "missingPicture",
                "swappedCorners 1", "unknownClass 5", "unreadableLabels", "unreadableLabels", "unreadableLabels",
                "zeroSize 2",
            ])
        #expect(
            dataset.faults.contains {
                $0.message.hasSuffix("Annotations/a.xml: a.jpg: box 5: class 'bird' is not in the list of classes")
            })
    }

    @Test("XML with entities that grow without end is refused, not expanded")
    func entities() throws {
        try folder.picture("JPEGImages/a.jpg")
        var text = "<!DOCTYPE a [<!ENTITY a0 \"ha\">"
        for level in 1..<40 { text += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);\">" }
        try folder.write("Annotations/a.xml", text + "]><annotation><filename>&a39;</filename></annotation>")
        #expect(reason("a").hasSuffix("a.xml: declares an entity at line 1, which no label needs: remove it"))
    }

    private func reason(_ stem: String) -> String {
        do throws(OcellusError) {
            return "read: \(try VOCAnnotation(path: folder.path + "/Annotations/\(stem).xml").fileName)"
        } catch {
            return error.message
        }
    }

    @Test("XML in the encodings that labelling tools write; what is damaged, foreign or endless says so")
    func xml() throws {
        func write(_ stem: String, _ bytes: [UInt8]) throws { try folder.write("Annotations/\(stem).xml", bytes) }
        let body = "<annotation>\n<filename> b\u{E9}b\u{E9} &amp; &#x4F60;.jpg </filename></annotation>"
        try write("plain", Array(body.utf8))
        try write("marked", [0xEF, 0xBB, 0xBF] + Array("<?xml version=\"1.0\" encoding=\"utf-8\"?>\(body)".utf8))
        let latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + body
        try write("latin", latin.unicodeScalars.map { UInt8($0.value) })
        try write("wide", [0xFF, 0xFE] + body.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
        for stem in ["plain", "marked", "latin", "wide"] {
            #expect(reason(stem) == "read: b\u{E9}b\u{E9} & \u{4F60}.jpg", "\(stem)")
        }
        try write("other", Array("<?xml version=\"1.0\" encoding=\"gb2312\"?><annotation/>".utf8))
        #expect(reason("other").hasSuffix("other.xml: not in a known encoding: save it as UTF-8"))
        for (stem, text) in [
            ("cut", "<annotation>\n<object>"), ("twice", "<annotation/>\n<annotation/>"),
            ("crossed", "<annotation>\n<a></b></annotation>"), ("entity", "<annotation>\n&nbsp;</annotation>"),
        ] {
            try write(stem, Array(text.utf8))
            #expect(reason(stem).hasSuffix("\(stem).xml: not XML: damaged at line 2: label the picture again"))
        }
        try write("bytes", Array("<annotation>".utf8) + [0xC3, 0x28] + Array("</annotation>".utf8))
        #expect(reason("bytes").hasSuffix("not XML: damaged at line 1: label the picture again"))
        try write("empty", [])
        #expect(reason("empty").contains("empty.xml: not XML"))
        try write("deep", Array(String(repeating: "<a>", count: 200_000).utf8))
        #expect(reason("deep").hasSuffix("has elements more than 32 deep at line 1, which no label needs: remove it"))
    }

    @Test("COCO: categories become labels, crowds are ignored, faults are named")
    func coco() throws {
        try folder.picture("images/a.jpg")
        try folder.picture("images/b.jpg")
        try folder.write(
            "annotations/instances_val.json",
            """
            {"images":[{"id":7,"file_name":"a.jpg","width":64,"height":48},{"id":8,"file_name":"b.jpg"},
             {"id":9,"file_name":"gone.jpg"},{"id":7,"file_name":"b.jpg"},{"id":"x"}],
            "categories":[{"id":18,"name":"dog"},{"id":3,"name":"car"},{"name":"x"}],
            "annotations":[{"image_id":7,"category_id":18,"bbox":[1,2,10.5,20],"iscrowd":0},
             {"image_id":7,"category_id":3,"bbox":[5,5,20,20],"iscrowd":1},
             {"image_id":7,"category_id":99,"bbox":[5,5,20,20]},{"image_id":7,"category_id":3,"bbox":[5,5,0,20]},
             {"image_id":7,"category_id":3,"bbox":[5,5,-3,20]},{"image_id":7,"category_id":3,"bbox":[5,5]},
             {"image_id":5,"category_id":3,"bbox":[5,5,2,2]},{"image_id":9,"category_id":3,"bbox":[5,5,2,2]},17]}
            """)
        // Not read: of the same pictures, and without boxes.
        try folder.write(
            "annotations/captions_val.json",
            "{\"images\":[{\"id\":7,\"file_name\":\"a.jpg\"}],\"annotations\":[{\"image_id\":7,\"caption\":\"x\"}]}")
        try folder.write("annotations/instances_odd.json", "{\"annotations\": 5}")
        try folder.write("annotations/instances_broken.json", "{\"images\": [")
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["car", "dog"])
        #expect(dataset.pictures.map(\.name) == ["a.jpg", "b.jpg"])
        #expect(
            dataset.pictures[0].truths == [
                GroundTruth(box: Box(left: 1, top: 2, right: 11.5, bottom: 22), label: 2),
                GroundTruth(box: Box(left: 5, top: 5, right: 25, bottom: 25), label: 1, isIgnored: true),
            ])
        #expect(dataset.splits == ["val"])
        #expect(
            dataset.faultKinds == [
                "duplicatePicture", "malformedBox 6", "missingPicture", "missingPicture", "missingPicture",
                "swappedCorners 5", "unknownClass 3", "unreadableLabels", "unreadableLabels", "unreadableLabels",
                "unreadableLabels", "zeroSize 4",
            ])
    }

    @Test("COCO: lists in any order, large identifiers, and words where numbers belong")
    func cocoOrder() throws {
        try folder.picture("images/a.jpg")
        try folder.write(
            "annotations/instances_val.json",
            """
            \u{FEFF}{"info": {"deep": [[[{}]]]}, "annotations": [{"iscrowd": true, "segmentation": [[1, 2.5, 3e0]], "bbox": [1, 2, 3, 4],
             "category_id": 2.0, "image_id": 20151201001234567, "id": null}, {"image_id": 20151201001234568},
             {"image_id": "a, b"}, {"image_id": 20151201001234567, "bbox": [1, 2, "3", 4]},
             {"image_id": 20151201001234567, "bbox": {}}, null, 5],
             "categories": [{"name": "d\\u00f6g", "id": 2, "supercategory": "x"}],
             "images": [{"file_name": "a.jpg", "id": 20151201001234567, "height": 48, "width": 64}]}
            """)
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["d\u{F6}g"])
        #expect(dataset.pictures.map(\.statedSize) == [PixelSize(width: 64, height: 48)])
        #expect(
            dataset.pictures[0].truths == [
                GroundTruth(box: Box(left: 1, top: 2, right: 4, bottom: 6), label: 1, isIgnored: true)
            ])
        let found = dataset.faults.map { $0.message.split(separator: ": ").last.map(String.init) ?? "" }
        #expect(
            found == [
                "image_id 20151201001234568 is not among the images", "image_id \"a, b\" is not among the images",
                "expected a bbox of four numbers", "expected a bbox of four numbers",
                "image_id nothing is not among the images", "image_id nothing is not among the images",
            ])
    }

    @Test(
        "COCO: JSON that is none is named with its byte",
        arguments: [
            ("{\"annotations\": [1, 2", "not JSON, byte 21: expected ',' or ']', found the end"),
            ("{\"annotations\": [{\"a\": 1,}]}", "not JSON, byte 25: expected '\"', found byte 125"),
            ("{\"annotations\": []} x", "not JSON, byte 20: expected nothing after the value, found byte 120"),
            ("[\"annotations\"]", "JSON, but not an object with images, annotations and categories"),
            ("{\"annotations\": [], \"images\": 5}", "no lists 'images' and 'annotations': not a COCO file of objects"),
        ])
    func cocoDamage(_ text: String, _ reason: String) throws {
        try folder.write("a.json", text)
        #expect(try Dataset.read(folder.path).faults.map(\.message) == ["\(folder.path)/a.json: \(reason)"])
    }

    @Test("WIDER: rows with and without points, machine scores, pictures without faces")
    func widerText() throws {
        try folder.picture("images/street/a.jpg")
        try folder.write(
            "label_train.txt",
            """
            # street/a.jpg
            1 2 10 20 2 3 0.0 8 3 0.0 5 8 0.0 3 15 0.0 7 15 0.0 0.83
            4 5 6 7
            4 5 6 7 -1 -1 -1.0 -1 -1 -1.0 -1 -1 -1.0 -1 -1 -1.0 -1 -1 -1.0 1.0
            4 5 0 7
            4 five 6 7
            # empty.jpg
            """)
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["face"])
        #expect(dataset.pictures.map(\.source) == ["street", "images"])
        #expect(dataset.pictures.map(\.splits) == [["train"], ["train"]])
        let truths = dataset.pictures[0].truths
        #expect(truths.count == 3)
        #expect(truths[0].landmarks?.rightMouth == Point(x: 7, y: 15))
        #expect(truths[0].landmarkWeight == 0.3)
        #expect(truths[1].landmarks == nil && truths[2].landmarks == nil)
        #expect(dataset.faultKinds == ["malformedBox 5", "zeroSize 4"])
        #expect(dataset.pictures[1].truths.isEmpty)
    }

    @Test("YOLO: shares become pixels of the picture, names come from data.yaml, orphans are named")
    func yolo() throws {
        try folder.picture("images/train/a.jpg", width: 200, height: 100)
        try folder.picture("images/val/b.jpg")
        try folder.write("images/val/c.jpg", "no picture")
        try folder.write("labels/train/a.txt", "1 0.5 0.5 0.1 0.2\n2 0.5 0.5 0.1 0.2\n0 0.5 0.5\n0 0.5 0.5 0 0.2\n")
        try folder.write("labels/val/c.txt", "0 0.5 0.5 0.1 0.2\n")
        try folder.write("labels/val/z.txt", "0 0.5 0.5 0.1 0.2\n")
        try folder.write("data.yaml", "train: images/train\nnames:\n  0: cat\n  1: 'dog'\nnc: 2\n")
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["cat", "dog"])
        #expect(dataset.splits == ["train", "val"])
        let truth = try #require(dataset.pictures[0].truths.first)
        #expect(truth.label == 2)
        for (found, value) in zip(
            [truth.box.left, truth.box.top, truth.box.right, truth.box.bottom], [90, 40, 110, 60] as [Float])
        {
            #expect(abs(found - value) < 1e-3)
        }
        #expect(
            dataset.faultKinds == [
                "malformedBox 3", "missingPicture", "pictureWithoutLabels", "unknownClass 2", "zeroSize 4",
            ])
    }

    @Test("class names in YAML, in each of its forms")
    func yaml() {
        #expect(YOLONames.yaml("nc: 2\nnames: [a, 'b c']\n") == ["a", "b c"])
        #expect(YOLONames.yaml("names: ['a',\n  \"b\"]\nx: 1") == ["a", "b"])
        #expect(YOLONames.yaml("names:\n- a\n- b\nnc: 2") == ["a", "b"])
        #expect(YOLONames.yaml("names: {0: a, 1: 'b c'}\nnc: 2") == ["a", "b c"])
        #expect(YOLONames.yaml("names: {0: a,\n 1: b}") == ["a", "b"])
        #expect(YOLONames.yaml("names: {1: a}") == nil)
        #expect(YOLONames.yaml("nc: 2") == nil)
    }

    @Test("a folder that is not there, and one without labels, say what was expected")
    func noLabels() throws {
        #expect(throws: OcellusError.self) { try Dataset.read(folder.path + "/gone") }
        do throws(OcellusError) {
            _ = try Dataset.read(folder.path)
            Issue.record("an empty folder was read")
        } catch {
            #expect(error.message.contains("no labels found: expected Annotations/*.xml (voc)"))
        }
    }

    @Test("a seeded share is the same every time, takes every picture once, and another seed takes others")
    func share() {
        let pictures = (0..<100).map { LabelledPicture(path: "\($0)", name: "\($0)") }
        let dataset = Dataset(name: "d", classes: [], pictures: pictures)
        let parts = dataset.separated(share: 0.2, seed: 4)
        #expect(parts.second.pictures.count == 20)
        #expect(Set((parts.first.pictures + parts.second.pictures).map(\.name)).count == 100)
        #expect(dataset.separated(share: 0.2, seed: 4).second.pictures == parts.second.pictures)
        #expect(dataset.separated(share: 0.2, seed: 5).second.pictures != parts.second.pictures)
    }
}
