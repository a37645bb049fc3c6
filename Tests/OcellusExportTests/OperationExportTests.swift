// Every row of the table of operations becomes a file whose names fit together. What the operators compute is checked
// by other engines: with OCELLUS_ONNX_CASES=FOLDER the files and our own results are written for References/onnx_check.py.
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusExport

@Suite("Export of operations") struct OperationExportTests {
    @Test("every operation exports, folded and not", arguments: OperationCase.all)
    func operations(row: OperationCase) throws {
        let name = "operation-" + row.name.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        try check(try row.graph(), name, seed: 1)
    }

    @Test("random networks export, folded and not", arguments: 0..<60 as Range<UInt64>)
    func randomGraphs(seed: UInt64) throws {
        try check(try RandomGraph.make(seed: seed), "random-\(seed)", seed: seed)
    }

    private func check(_ graph: Graph, _ name: String, seed: UInt64) throws {
        let parameters = try Parameters.random(for: graph, seed: seed)
        let folding = Folding(graph)
        let folded = try folding.apply(parameters)
        for (graph, parameters, name) in [(graph, parameters, name), (folding.graph, folded, name + "-folded")] {
            let bytes = try ONNXExporter(graph, parameters).translated().bytes()
            let read = ReadModel(bytes)
            #expect(read.misuses == [])
            #expect(read.inputs == ["image"])
            #expect(read.outputs == graph.outputs.map { $0.name.description })
            #expect(try ONNXExporter(graph, parameters).translated().bytes() == bytes)
            guard var file = try CaseFile(name, bytes) else { continue }
            let input = graph.randomInput(seed: seed)
            let outputs = try FloatExecutor(graph, parameters).outputs(for: input)
            try file.add("image", graph.inputShape, input)
            for (index, output) in graph.outputs.enumerated() {
                try file.add(output.name, graph.nodes[output.node].shape, outputs[index])
            }
            try file.write()
        }
    }
}

/// An ONNX file with what goes in and what must come out, in the folder that OCELLUS_ONNX_CASES names.
struct CaseFile {
    private var writer = ModelFileWriter()
    private let path: String

    static var folder: String? { ProcessInfo.processInfo.environment["OCELLUS_ONNX_CASES"] }

    /// Nil when nobody asked for files.
    init?(_ name: String, _ bytes: [UInt8]) throws {
        guard let folder = CaseFile.folder else { return nil }
        path = "\(folder)/\(name)"
        let buffer = try Buffer(bytes)
        try FileBytes.write(UnsafeBufferPointer(buffer.elements), to: path + ".onnx")
    }

    mutating func add(_ name: Name, _ shape: Shape, _ values: [Float]) throws {
        let sizes = [shape.batch, shape.height, shape.width, shape.channels]
        try writer.add(name, try Parameter(dimensions: sizes, values: Buffer(values)))
    }

    func write() throws { try writer.write(to: path + ".safetensors") }
}
