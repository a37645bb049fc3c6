// `ocellus_trainer_options`: sizes of older and newer programs, ranges, defaults.
import COcellusTraining
import OcellusBoundary
import OcellusTensor
import OcellusTraining

private let knownSize = MemoryLayout<ocellus_trainer_options>.size
private let largestSize = 4096

@c @implementation
public func ocellus_trainer_options_init(
    _ options: UnsafeMutablePointer<ocellus_trainer_options>?, _ size: Int
) -> ocellus_status {
    attempt {
        let memory = UnsafeMutableRawPointer(try required(options, "options"))
        try checkSize(size, "size")
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        memory.storeBytes(of: UInt32(size), as: UInt32.self)
    }
}

/// The trainer's options for those of a C program; NULL gives the defaults.
func trainerOptions(_ pointer: UnsafePointer<ocellus_trainer_options>?) throws(OcellusError) -> Trainer.Options {
    var options = Trainer.Options()
    options.recipe.backboneRate = 0
    guard pointer != nil else { return options }
    let given = try knownFields(of: UnsafeRawPointer(required(pointer, "options")))
    let many: ClosedRange<Int32> = 1...10000
    options.recipe.epochs = try inRange(given.epochs, many, "epochs") ?? options.recipe.epochs
    options.int8Epochs = given.int8_epochs == -1 ? 0 : try inRange(given.int8_epochs, many, "int8_epochs")
    options.recipe.batch = try inRange(given.batch, 1...256, "batch") ?? options.recipe.batch
    options.recipe.threads = try inRange(given.threads, 1...64, "threads") ?? 1
    options.recipe.accumulation = try inRange(given.accumulation, 1...256, "accumulation") ?? 1
    options.recipe.saveEvery = try inRange(given.checkpoint_steps, 1...1_000_000, "checkpoint_steps") ?? 100
    options.recipe.seed = UInt64(max(given.seed, 1))
    options.measureEpochs = try inRange(given.measure_epochs, many, "measure_epochs") ?? 1
    if given.picture_memory == -1 {
        options.pictureBytes = 0
    } else if let megabytes = try inRange(given.picture_memory, 1...65536, "picture_memory") {
        options.pictureBytes = megabytes << 20
    }
    if given.rate != 0 {
        guard given.rate > 0, given.rate <= 1 else {
            throw OcellusError(
                .invalidArgument,
                "`options.rate` is \(given.rate): expected above 0 and at most 1, or 0 for the default")
        }
        options.recipe.rate = given.rate
    }
    guard given.backbone_rate >= 0, given.backbone_rate <= 1 else {
        throw OcellusError(.invalidArgument, "`options.backbone_rate` is \(given.backbone_rate): expected 0 to 1")
    }
    options.recipe.backboneRate = given.backbone_rate
    if given.folder != nil {
        let folder = try text(given.folder, "options.folder")
        guard !folder.isEmpty else {
            throw OcellusError(.invalidArgument, "`options.folder` is empty: expected a path, or NULL for none")
        }
        options.folder = folder
    }
    return options
}

/// The fields this library knows, zero where the program's struct ends before.
private func knownFields(of memory: UnsafeRawPointer) throws(OcellusError) -> ocellus_trainer_options {
    let size = Int(memory.load(as: UInt32.self))
    try checkSize(size, "options.size")
    for offset in min(size, knownSize)..<size where memory.load(fromByteOffset: offset, as: UInt8.self) != 0 {
        throw OcellusError(
            .invalidArgument,
            "byte \(offset) of `options` is not 0: this program asks for an option that this library does not know; "
                + "install the libocellus_training it was written for, or leave the option 0")
    }
    var options = ocellus_trainer_options()
    let known = UnsafeRawBufferPointer(start: memory, count: min(size, knownSize))
    withUnsafeMutableBytes(of: &options) { $0.copyMemory(from: known) }
    return options
}

/// Every published struct ends with a pointer's alignment, so that other sizes end inside a field or are made up.
private func checkSize(_ size: Int, _ name: StaticString) throws(OcellusError) {
    guard size >= MemoryLayout<UInt>.size, size <= largestSize, size % MemoryLayout<UInt>.size == 0 else {
        throw OcellusError(
            .invalidArgument, "`\(name)` is \(size): expected sizeof(ocellus_trainer_options), \(knownSize) here")
    }
}

/// The number, nil for 0: the default.
private func inRange(
    _ value: Int32, _ range: ClosedRange<Int32>, _ name: StaticString
) throws(OcellusError) -> Int? {
    if value == 0 { return nil }
    guard range.contains(value) else {
        throw OcellusError(
            .invalidArgument,
            "`options.\(name)` is \(value): expected \(range.lowerBound) to \(range.upperBound), or 0 for the default")
    }
    return Int(value)
}
