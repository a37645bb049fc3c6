// Everything about a model that is not a weight of its detector and that a user could get wrong: kept in the file, applied by us.
import OcellusDetection
import OcellusImage
import OcellusNetwork
import OcellusTensor

/// The arithmetic that a model's numbers are made for.
public enum Precision: Sendable, Equatable, CaseIterable {
    case float
    case int8

    public var name: String { self == .float ? "float" : "int8" }
}

/// What a model file says about its model.
public struct ModelDescription: Sendable {
    public var architecture: Architecture
    /// The share of the architecture's channels that the network has.
    public var width: Float = 1
    /// Names of the classes 1, 2, …; the background has none. An empty name is a number that training never used.
    public var labels: [String]
    public var preprocessing: Preprocessing
    /// The smallest score that is reported unless the caller says otherwise, 0...1.
    public var scoreThreshold: Float
    /// Overlap (intersection over union) above which the lower of two scores goes, 0...1.
    public var overlapThreshold: Float
    /// Overlap from which on boxes and landmarks that go are averaged into those that stay, 0...1; nil: they are dropped.
    /// For architectures with one class, or whose classes compete.
    public var blendOverlap: Float?
    /// Whether batch normalisation is folded into the weights of the file.
    public var isFolded = false
    /// What its numbers are.
    public var precision = Precision.float
    /// What looks a second time at each face for its landmarks; it comes along whatever is done to the detector. Nil: nothing does.
    public var refiner: LandmarkRefiner?
    /// Where the model comes from: data, licence, date, metrics. Keys and values in the order of the file.
    public var provenance: [(key: String, value: String)] = []

    public init(
        architecture: Architecture, labels: [String], preprocessing: Preprocessing, scoreThreshold: Float,
        overlapThreshold: Float
    ) {
        self.architecture = architecture
        self.labels = labels
        self.preprocessing = preprocessing
        self.scoreThreshold = scoreThreshold
        self.overlapThreshold = overlapThreshold
    }

    /// Whether all boxes compete in one list, which blending needs.
    public var canBlend: Bool { labels.count == 1 || architecture.suppression == .agnostic }

    /// The label of a class number, or its number as text where it has none.
    public func label(_ number: Int) -> String {
        guard number > 0, number <= labels.count, !labels[number - 1].isEmpty else { return "class \(number)" }
        return labels[number - 1]
    }

    /// The declared network as the file stores it: folded or with its batch normalisation.
    public func declare() throws(OcellusError) -> Graph {
        let graph = try architecture.declare(classes: labels.count + 1, width: width, preprocessing: preprocessing)
        return isFolded ? Folding(graph).graph : graph
    }
}
