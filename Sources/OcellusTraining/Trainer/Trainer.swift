// Fine-tuning as an object for programs: pictures are added one by one or by the folder, then it runs, is measured, saves.
// What a run is stands in FineTune; this keeps what a program must not have to know (plans, sources, folders).
import Glibc
import Ocellus
import OcellusData
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor
import Synchronization

/// A model and the pictures it is to learn from. One thread at a time, except for `cancel`.
public final class Trainer {
    /// How it is to work.
    public struct Options: Sendable {
        public var recipe = TrainingRecipe()
        /// Epochs under simulated int8; nil: a tenth of the epochs in float. 0: calibration alone makes the integers.
        public var int8Epochs: Int?
        /// Epochs between measurements.
        public var measureEpochs = 1
        /// Bytes of decoded pictures from files that are kept.
        public var pictureBytes = 64 << 20
        /// Where the run keeps its state; a run that is there is gone on with. Nil: a folder of its own, which goes with
        /// the trainer.
        public var folder: String?

        public init() {}
    }

    /// What a picture is for.
    public enum Role: Sendable {
        case training
        /// Never trained on: the model is measured on it.
        case validation
    }

    /// Largest number of classes.
    public static let classLimit = 1000

    /// The model that training starts from, with the classes asked for.
    public let start: Model
    /// Parameters that start anew, because the classes differ from those of the file; empty when they do not.
    public let renewed: [Name]
    public let options: Options
    let path: String
    let folder: String
    let store: PictureStore
    private let ownsFolder: Bool
    let isCancelled = Atomic<Bool>(false)
    var training: [LabelledPicture] = []
    var validation: [LabelledPicture] = []
    /// What the pictures are called in the model's provenance.
    var sources: [String] = []
    /// Set once a run has begun: from there on the pictures stay as they are.
    var prepared: Prepared?
    var outcome: FineTune.Outcome?
    var before: Measurement?
    private var heldCount = 0

    /// Starts from the model in the file at `path`, nil: the face model inside the library, for the model's own classes or
    /// for `classes`, in this order. An int8 model becomes the float model that its integers stand for.
    ///
    /// Throws `.io` and `.invalidData` for a file that cannot be read or is no model, `.invalidArgument` for no classes,
    /// too many, names that are empty, repeated, of more than 256 bytes or of several lines, or a number of classes that
    /// the network cannot have, `.unsupported` when there is no face model, `.io` when a folder cannot be made.
    public init(path: String?, classes: [String]? = nil, options: Options = Options()) throws(OcellusError) {
        if let classes { try Trainer.check(classes) }
        let model: Model
        if let path { model = try Model(ModelFile(path: path)) } else { model = try EmbeddedModel.face() }
        let renewal = try model.renewed(labels: classes ?? model.description.labels, seed: options.recipe.seed)
        start = renewal.model
        renewed = renewal.renewed
        self.path = path ?? "the face model inside the library"
        self.options = options
        store = PictureStore(byteLimit: options.pictureBytes)
        ownsFolder = options.folder == nil
        if let named = options.folder { folder = named } else { folder = try Trainer.temporaryFolder() }
    }

    deinit {
        if ownsFolder { FileSystem.removeFolder(folder) }
    }

    /// Names of the classes 1, 2, …
    public var classes: [String] { start.description.labels }

    /// The number of pictures added for a purpose.
    public func count(_ role: Role) -> Int { role == .training ? training.count : validation.count }

    /// Ends a run at work after its current step, or the next run after its first. Any thread, at any time.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Adds a picture from memory with its objects, in pixels of the picture; its pixels are copied as RGB.
    ///
    /// Throws `.invalidArgument` for an object that cannot be, or once a run has begun; `.outOfMemory`.
    public func add(_ view: ImageView, _ truths: [GroundTruth], as role: Role) throws(OcellusError) {
        try requireUnstarted()
        try check(truths, width: Float(view.width), height: Float(view.height))
        let picture = LabelledPicture(
            path: "picture \(heldCount + 1) from memory", name: "picture \(heldCount + 1) from memory", truths: truths,
            source: "memory", held: PictureStore.Picture(try RGBImage(view)))
        heldCount += 1
        add([picture], as: role)
        if !sources.contains("pictures from memory") { sources.append("pictures from memory") }
    }

    func add(_ pictures: [LabelledPicture], as role: Role) {
        switch role {
        case .training: training += pictures
        case .validation: validation += pictures
        }
    }

    func requireUnstarted() throws(OcellusError) {
        guard prepared == nil else {
            throw OcellusError(
                .invalidArgument,
                "a run has begun: no pictures can be added. Save it and create another trainer from the float model")
        }
    }

    private func check(_ truths: [GroundTruth], width: Float, height: Float) throws(OcellusError) {
        for (index, truth) in truths.enumerated() {
            func refuse(_ reason: String) -> OcellusError {
                OcellusError(.invalidArgument, "object \(index + 1) of the picture: \(reason)")
            }
            let box = truth.box
            guard 1...classes.count ~= truth.label else {
                throw refuse("label \(truth.label): expected 1 to \(classes.count), 0 is the background")
            }
            guard [box.left, box.top, box.right, box.bottom].allSatisfy({ $0.isFinite && abs($0) < 1e7 }),
                box.width > 0, box.height > 0
            else { throw refuse("the box must have finite numbers, a width and a height above 0") }
            guard box.clipped(toWidth: width, height: height).area > 0 else {
                throw refuse("nothing of the box is in the picture of \(Int(width))x\(Int(height))")
            }
            guard let points = truth.landmarks else { continue }
            guard start.description.architecture.landmarkCoder != nil else {
                throw refuse("it has landmarks, and this model finds none: leave them out")
            }
            guard points.isFinite, (0..<5).allSatisfy({ abs(points[$0].x) < 1e7 && abs(points[$0].y) < 1e7 }) else {
                throw refuse("the landmarks must be finite numbers")
            }
        }
    }

    private static func check(_ classes: [String]) throws(OcellusError) {
        guard 1...classLimit ~= classes.count else {
            throw OcellusError(.invalidArgument, "\(classes.count) classes: expected 1 to \(classLimit)")
        }
        var seen: Set<String> = []
        for (index, name) in classes.enumerated() {
            guard 1...256 ~= name.utf8.count else {
                throw OcellusError(
                    .invalidArgument, "the name of class \(index + 1) has \(name.utf8.count) bytes: expected 1 to 256")
            }
            try ModelDescription.requireLine(name, "the name of class \(index + 1)")
            guard seen.insert(name).inserted else {
                throw OcellusError(.invalidArgument, "class \(index + 1) is called '\(name)', as one before it")
            }
        }
    }

    private static func temporaryFolder() throws(OcellusError) -> String {
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((place + "/ocellus-training-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw OcellusError(.io, "cannot make a folder in \(place): \(FileSystem.errorText())")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
