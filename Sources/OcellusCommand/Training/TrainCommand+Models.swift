// The models a run begins with: the one that learns, made ready for it, and the one it learns from.
import OcellusImport
import OcellusModels
import OcellusTensor
import OcellusTraining

extension TrainCommand {
    /// What `--teacher` names.
    func loadTeacher(_ path: String) throws -> TeacherModel {
        if (try? ImportSource.format(path: path)) == .onnx {
            do throws(OcellusError) {
                return .faces(try YuNet(convolutions: try ImportSource.read(path: path).convolutions()))
            } catch {
                throw error.message.hasPrefix(path) ? error : OcellusError(error.code, "\(path): \(error.message)")
            }
        }
        let model = try ModelOptions.load(path)
        return .network(try size.map { try model.resized(to: $0) } ?? model)
    }

    /// The model training starts from, and what became of its parameters.
    func startModel(classes: [String]) throws -> (Model, [String]) {
        if from == "scratch", let architecture = architecture.flatMap({ Architecture(name: Name($0)) }) {
            var description = architecture.defaultDescription()
            description.labels = classes
            let graph = try description.declare()
            let parameters = try Initialization.parameters(for: graph, architecture, seed: schedule.seed)
            return (try Model(description, parameters), ["starting from random numbers, seed \(schedule.seed)"])
        }
        var model = try ModelOptions.load(from)
        var renewed: [Name] = []
        if let architecture = architecture.flatMap({ Architecture(name: Name($0)) }) {
            let widening = try model.widened(to: architecture, seed: schedule.seed)
            (model, renewed) = (widening.model, widening.renewed)
        }
        let renewal = try model.renewed(labels: classes, seed: schedule.seed)
        renewed += renewal.renewed.filter { !renewed.contains($0) }
        guard !renewed.isEmpty else { return (renewal.model, []) }
        let names = renewed.map(\.description).joined(separator: ", ")
        let kept = renewal.model.graph.parameters.count - renewed.count
        return (renewal.model, ["\(kept) parameters kept, \(renewed.count) start anew: \(names)"])
    }
}
