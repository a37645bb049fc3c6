// The numbers of a network, by name. What they mean is the graph's business; how they are stored is ModelFile's.
import OcellusTensor

/// One named array of floats: a weight, a bias, a running mean.
public struct Parameter: Sendable {
    /// Sizes, outermost first. Convolution weights are [output, height, width, input / groups].
    public let dimensions: [Int]
    public let values: Buffer<Float>

    /// Throws `.invalidArgument` when the product of `dimensions` is not the number of values.
    public init(dimensions: [Int], values: Buffer<Float>) throws(OcellusError) {
        guard Parameter.count(of: dimensions) == values.count else {
            throw OcellusError(
                .invalidArgument,
                "a parameter of sizes \(Parameter.text(dimensions)) cannot hold \(values.count) values")
        }
        self.dimensions = dimensions
        self.values = values
    }

    /// Number of values for these sizes, or nil when one is negative or the product exceeds `limit`.
    public static func count(of dimensions: [Int], limit: Int = 1 << 31) -> Int? {
        var product = 1
        for size in dimensions {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, next <= limit else { return nil }
            product = next
        }
        return product
    }

    /// `[64, 3, 3, 64]` as text, for messages.
    public static func text(_ dimensions: [Int]) -> String {
        var text = "["
        for (index, size) in dimensions.enumerated() {
            if index > 0 { text += ", " }
            text += "\(size)"
        }
        return text + "]"
    }
}

/// Parameters by name, in the order they were added.
public struct Parameters: Sendable {
    public private(set) var names: [Name] = []
    private var entries: [Name: Parameter] = [:]

    public init() {}

    public subscript(name: Name) -> Parameter? {
        get { entries[name] }
        set {
            if let newValue {
                if entries.updateValue(newValue, forKey: name) == nil { names.append(name) }
            } else if entries.removeValue(forKey: name) != nil {
                names.removeAll { $0 == name }
            }
        }
    }

    public var count: Int { names.count }
}

extension Parameters {
    /// The parameter of this name, or `.invalidArgument` that names what is missing.
    public func required(_ name: Name) throws(OcellusError) -> Parameter {
        guard let parameter = entries[name] else {
            throw OcellusError(.invalidArgument, "the model has no parameter \(name)")
        }
        return parameter
    }

    /// The parameter that a declaration asks for, with its sizes checked.
    public func required(_ declaration: ParameterDeclaration) throws(OcellusError) -> Parameter {
        let parameter = try required(declaration.name)
        guard parameter.dimensions == declaration.dimensions else {
            throw OcellusError(
                .invalidArgument,
                "parameter \(declaration.name) should have sizes \(Parameter.text(declaration.dimensions)), found "
                    + Parameter.text(parameter.dimensions))
        }
        return parameter
    }
}
