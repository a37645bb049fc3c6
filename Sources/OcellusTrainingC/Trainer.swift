// Trainers from C: created, cancelled, saved, destroyed.
import COcellusTraining
import Ocellus
import OcellusBoundary
import OcellusModels
import OcellusTensor
import OcellusTraining

@c @implementation
public func ocellus_trainer_create(
    _ modelPath: UnsafePointer<CChar>?, _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int,
    _ options: UnsafePointer<ocellus_trainer_options>?, _ trainer: UnsafeMutablePointer<OpaquePointer?>?
) -> ocellus_status {
    var lacksModel = false
    let status = attempt {
        let result = try required(trainer, "trainer")
        result.pointee = nil
        let options = try trainerOptions(options)
        let path = modelPath == nil ? nil : try text(modelPath, "model_path")
        let classes = try classNames(names, count)
        lacksModel = modelPath == nil && !EmbeddedModel.hasFace
        let made = try Trainer(path: path, classes: classes, options: options)
        result.pointee = try Handle.make(Session(made))
    }
    return lacksModel ? .noModel : status
}

/// The names of the classes; nil for the model's own.
private func classNames(
    _ pointer: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int
) throws(OcellusError) -> [String]? {
    if pointer == nil, count == 0 { return nil }
    let pointer = try required(pointer, "class_names")
    // `size_t` arrives as Int: what does not fit is negative.
    guard 1...Trainer.classLimit ~= count else {
        throw OcellusError(
            .invalidArgument,
            "`class_count` is \(count): expected 1 to \(Trainer.classLimit), or 0 with NULL for the model's classes")
    }
    var names: [String] = []
    for index in 0..<count { names.append(try text(pointer[index], "class_names[i]")) }
    return names
}

@c @implementation
public func ocellus_trainer_destroy(_ trainer: OpaquePointer?) {
    guard let trainer else { return }
    _ = attempt {
        guard try Handle<Session>.object(trainer).begin() else {
            throw OcellusError(.invalidArgument, "the trainer is at work: it was not destroyed")
        }
        Handle<Session>.destroy(trainer)
    }
}

@c @implementation
public func ocellus_trainer_cancel(_ trainer: OpaquePointer?) {
    guard trainer != nil else { return }
    _ = attempt { try Handle<Session>.object(trainer).trainer.cancel() }
}

@c @implementation
public func ocellus_trainer_save(
    _ trainer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ precision: ocellus_precision
) -> ocellus_status {
    withTrainer(trainer) { trainer in
        let path = try text(path, "path")
        switch precision {
        case OCELLUS_PRECISION_FLOAT.rawValue: try trainer.save(.float, to: path)
        case OCELLUS_PRECISION_INT8.rawValue: try trainer.save(.int8, to: path)
        default:
            throw OcellusError(
                .invalidArgument,
                "`precision` is \(precision): expected OCELLUS_PRECISION_FLOAT (1) or OCELLUS_PRECISION_INT8 (2)")
        }
    }
}
