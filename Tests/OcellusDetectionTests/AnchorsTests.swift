import OcellusDetection
import OcellusTensor
import Testing

@Suite struct AnchorsTests {
    private func compare(_ anchors: Anchors, _ name: String) throws {
        let fixture = try Fixture(name)
        #expect(anchors.count == fixture.integer("count"))
        #expect(fixture.rows.count > 10)
        var sums = [0.0, 0, 0, 0]
        for box in anchors.boxes {
            for (index, value) in numbers(box).enumerated() { sums[index] += Double(value) }
        }
        for (sum, expected) in zip(sums, fixture.named["sum"] ?? []) { #expect(abs(sum - expected) < 2e-3) }
        for row in fixture.rows {
            for (value, expected) in zip(numbers(anchors.boxes[Int(row[0])]), row.dropFirst()) {
                #expect(abs(Double(value) - expected) < 1e-6, "anchor \(Int(row[0]))")
            }
        }
    }

    private func numbers(_ box: AnchorBox) -> [Float] { [box.centreX, box.centreY, box.width, box.height] }

    @Test("RetinaFace has 3,810 anchors at 300, as in the reference")
    func retinaFace() throws {
        try compare(Anchors.retinaFace(inputWidth: 300, inputHeight: 300), "anchors_retinaface_300")
    }

    @Test("RetinaFace's anchors on an input that is not square are as in the reference")
    func retinaFaceWide() throws {
        try compare(Anchors.retinaFace(inputWidth: 640, inputHeight: 480), "anchors_retinaface_640x480")
    }

    @Test("RetinaFace has 16,800 anchors at 640")
    func retinaFaceLarge() throws {
        #expect(try Anchors.retinaFace(inputWidth: 640, inputHeight: 640).count == 16800)
    }

    @Test("the Caffe MobileNet-SSD has 1,917 anchors, as in the reference")
    func mobileNet() throws { try compare(Anchors.mobileNetSSD300(), "anchors_mobilenet_ssd_300") }

    @Test("SSD300 with VGG16 has 8,732 anchors, as in the reference")
    func vgg() throws { try compare(Anchors.ssd300VGG(), "anchors_ssd300_vgg") }

    @Test("TensorFlow's SSD has 1,917 anchors, as in the reference")
    func tensorFlow() throws { try compare(Anchors.tensorFlowSSD(), "anchors_tensorflow_300") }

    @Test("TensorFlow's anchors, quantised, are the bytes inside the published tflite model")
    func tensorFlowBytes() throws {
        let fixture = try Fixture("anchors_tensorflow_bytes")
        let scale = fixture.named["scale"]?.first ?? 0
        let anchors = try Anchors.tensorFlowSSD()
        let bytes = anchors.boxes.map { box in
            [box.centreY, box.centreX, box.height, box.width].map {
                min(255, (Double($0) / scale).rounded(.toNearestOrEven))
            }
        }
        #expect(bytes.count == fixture.integer("count"))
        for row in fixture.rows { #expect(bytes[Int(row[0])] == Array(row.dropFirst()), "anchor \(Int(row[0]))") }
        for column in 0..<4 {
            #expect(bytes.reduce(0) { $0 + $1[column] } == fixture.named["sum"]?[column])
        }
    }

    @Test("sizes that cannot be are refused and never trap")
    func refusals() {
        #expect(throws: OcellusError.self) { try Anchors.retinaFace(inputWidth: 0, inputHeight: 300) }
        #expect(throws: OcellusError.self) { try Anchors.retinaFace(inputWidth: .max, inputHeight: .max) }
        #expect(throws: OcellusError.self) {
            try Anchors.retinaFace(inputWidth: 300, inputHeight: 300, steps: [0], minimumSizes: [[10]])
        }
        #expect(throws: OcellusError.self) {
            try Anchors.retinaFace(inputWidth: 300, inputHeight: 300, steps: [8], minimumSizes: [])
        }
        #expect(throws: OcellusError.self) {
            try Anchors.retinaFace(inputWidth: 300, inputHeight: 300, steps: [8], minimumSizes: [[.nan]])
        }
        #expect(throws: OcellusError.self) {
            try Anchors.retinaFace(inputWidth: 65536, inputHeight: 65536, steps: [1], minimumSizes: [[8]])
        }
        #expect(throws: OcellusError.self) { try Anchors.tensorFlowSSD(maps: [(19, 19)]) }
        #expect(throws: OcellusError.self) { try Anchors.tensorFlowSSD(maps: [(.max, .max), (0, -1)]) }
        #expect(throws: OcellusError.self) { try Anchors(inputWidth: 300, inputHeight: 300, levels: []) }
        #expect(throws: OcellusError.self) {
            let layer = PriorBoxLayer(rows: 2, columns: 2, minimumSize: 60, aspectRatios: [-2])
            return try Anchors.ssd(inputWidth: 300, inputHeight: 300, layers: [layer])
        }
        #expect(throws: OcellusError.self) {
            let box = AnchorBox(centreX: .infinity, centreY: 0, width: 1, height: 1)
            return try Anchors(inputWidth: 300, inputHeight: 300, boxes: [box])
        }
    }
}
