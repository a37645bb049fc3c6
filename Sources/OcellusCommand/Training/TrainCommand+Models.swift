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
        guard model.quantized == nil else {
            throw OcellusError(
                .invalidArgument, "\(path): an int8 model cannot teach: give the float model that it was made of")
        }
        return .network(try size.map { try model.resized(to: $0) } ?? model)
    }

    /// The model that training starts from as the file has it; nil for random numbers.
    func loadStart() throws -> Model? {
        guard from != "scratch" else { return nil }
        let model = try ModelOptions.load(from)
        guard !unfold || model.description.isFolded else {
            throw OcellusError(
                .invalidArgument, "\(from): has batch normalisations already, none are folded in: leave --unfold out")
        }
        return model
    }

    /// The model for these classes, and what became of its parameters.
    func startModel(_ loaded: Model?, classes: [String]) throws -> (Model, [String]) {
        let wanted = architecture.flatMap { Architecture(name: Name($0)) }
        guard var model = loaded else {
            guard let wanted else { throw TrainCommand.needsArchitecture }
            var description = wanted.defaultDescription()
            description.labels = classes
            let graph = try description.declare()
            let parameters = try Initialization.parameters(for: graph, wanted, seed: schedule.seed)
            return (try Model(description, parameters), ["starting from random numbers, seed \(schedule.seed)"])
        }
        var renewed: [Name] = []
        if let wanted {
            let widening = try model.widened(to: wanted, seed: schedule.seed)
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
