// Counts that a declaration must reproduce: worked out elsewhere, written here as numbers.
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Architectures") struct ArchitectureTests {
    @Test("RetinaFace at 300 has 426,608 parameters, 222,331,376 MAC and 3,810 anchors")
    func retinaFace() throws {
        let description = Architecture.retinaFaceMobileNet025.defaultDescription()
        let graph = try description.declare()
        #expect(graph.trainableParameterCount == 426_608)
        #expect(graph.multiplyAccumulates == 222_331_376)
        #expect(try description.architecture.anchors(description.preprocessing).count == 3_810)
        #expect(try rows(graph, "scores") == Shape.rows(3_810, columns: 2))
        #expect(try rows(graph, "boxes") == Shape.rows(3_810, columns: 4))
        #expect(try rows(graph, "landmarks") == Shape.rows(3_810, columns: 10))
    }

    @Test("with a wide stem it has 402,816 parameters, 222,689,312 MAC and the same anchors")
    func retinaFaceWideStem() throws {
        let description = Architecture.retinaFaceWideStem.defaultDescription()
        let graph = try description.declare()
        #expect(graph.trainableParameterCount == 402_816)
        #expect(graph.multiplyAccumulates == 222_689_312)
        let published = Architecture.retinaFaceMobileNet025.defaultDescription()
        #expect(
            try description.architecture.anchors(description.preprocessing).boxes
                == published.architecture.anchors(published.preprocessing).boxes)
        #expect(try rows(graph, "landmarks") == Shape.rows(3_810, columns: 10))
    }

    @Test("RetinaFace at 640 has 16,800 anchors and the same parameters")
    func retinaFaceLarge() throws {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.preprocessing.inputWidth = 640
        description.preprocessing.inputHeight = 640
        let graph = try description.declare()
        #expect(graph.trainableParameterCount == 426_608)
        #expect(graph.multiplyAccumulates == 981_145_600)
        #expect(try rows(graph, "scores").width == 16_800)
        #expect(try description.architecture.anchors(description.preprocessing).count == 16_800)
    }

    @Test("MobileNet-SSD with 21 classes has 5,796,089 parameters, 1,148,479,168 MAC and 1,917 anchors")
    func mobileNetSSD() throws {
        let description = Architecture.mobileNetSSDCaffe.defaultDescription()
        let graph = try description.declare()
        #expect(description.labels.count == 20)
        #expect(graph.trainableParameterCount == 5_796_089)
        #expect(graph.multiplyAccumulates == 1_148_479_168)
        #expect(try rows(graph, "scores") == Shape.rows(1_917, columns: 21))
        #expect(try rows(graph, "boxes") == Shape.rows(1_917, columns: 4))
    }

    @Test("TensorFlow's SSD has 91 columns, and its padding costs nothing")
    func tensorFlow() throws {
        let description = Architecture.mobileNetSSDTensorFlow.defaultDescription()
        let graph = try description.declare()
        #expect(description.labels.count == 90)
        #expect(graph.trainableParameterCount == 6_819_839)
        #expect(graph.multiplyAccumulates == 1_237_129_408)
        #expect(try rows(graph, "scores") == Shape.rows(1_917, columns: 91))
    }

    @Test("each architecture has as many head rows as anchors, folded or not", arguments: Architecture.allCases)
    func headRows(architecture: Architecture) throws {
        let description = architecture.defaultDescription()
        let graph = try description.declare()
        let anchors = try architecture.anchors(description.preprocessing).count
        for graph in [graph, Folding(graph).graph] {
            for output in graph.outputs { #expect(graph.nodes[output.node].shape.width == anchors) }
        }
    }

    @Test(
        "RetinaFace makes a row for each anchor at any size",
        arguments: [(32, 32), (33, 300), (300, 47), (123, 321), (2048, 33)])
    func otherSizes(width: Int, height: Int) throws {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.preprocessing.inputWidth = width
        description.preprocessing.inputHeight = height
        let graph = try description.declare()
        #expect(try rows(graph, "scores").width == description.architecture.anchors(description.preprocessing).count)
    }

    @Test("folding leaves no normalisation and no activation but those that nothing can carry")
    func folded() throws {
        for architecture in Architecture.allCases {
            let graph = Folding(try architecture.defaultDescription().declare()).graph
            let kinds = graph.nodes.map { OperationKind($0.operation) }
            #expect(!kinds.contains(.batchNormalization) && !kinds.contains(.activation), "\(architecture.name)")
        }
    }

    @Test("memory plans of the architectures keep what they need", arguments: Architecture.allCases)
    func memoryPlans(architecture: Architecture) throws {
        let graph = try architecture.smallDescription().declare()
        for graph in [graph, Folding(graph).graph] {
            #expect(MemoryPlanCheck.faults(graph, MemoryPlan(graph)) == [])
        }
        #expect(MemoryPlanCheck.faults(graph, MemoryPlan(graph, retaining: true), retaining: true) == [])
    }

    @Test("a class count, width or size that an architecture cannot have is refused")
    func refusals() throws {
        let faces = Architecture.retinaFaceMobileNet025
        let objects = Architecture.mobileNetSSDCaffe
        var small = objects.defaultDescription().preprocessing
        small.inputWidth = 299
        for (architecture, classes, width, preprocessing) in [
            (faces, 3, Float(1), faces.defaultDescription().preprocessing),
            (faces, 2, 0.5, faces.defaultDescription().preprocessing),
            (objects, 1, 1, objects.defaultDescription().preprocessing),
            (objects, 1002, 1, objects.defaultDescription().preprocessing),
            (objects, 21, 0, objects.defaultDescription().preprocessing),
            (objects, 21, .nan, objects.defaultDescription().preprocessing),
            (objects, 21, 2.5, objects.defaultDescription().preprocessing),
            (objects, 21, 1, small),
        ] {
            let error = #expect(throws: OcellusError.self) {
                try architecture.declare(classes: classes, width: width, preprocessing: preprocessing)
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.hasPrefix(architecture.name) == true)
        }
    }

    @Test("names lead back to their architecture")
    func names() {
        for architecture in Architecture.allCases {
            #expect(Architecture(name: Name(architecture.name)) == architecture)
            #expect(Architecture.names.contains(architecture.name))
        }
        #expect(Architecture(name: "retinaface") == nil)
    }

    private func rows(_ graph: Graph, _ output: Name) throws -> Shape {
        graph.nodes[try #require(graph.output(named: output))].shape
    }
}
