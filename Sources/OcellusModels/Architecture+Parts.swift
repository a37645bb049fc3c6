// Which part of a network a parameter belongs to: fine-tuning freezes or renews parts.
import OcellusTensor

/// The parts that detectors are made of.
public enum NetworkPart: Sendable, Equatable, CaseIterable {
    /// What sees: trained on many pictures of anything, worth keeping.
    case backbone
    /// What joins the levels: pyramids, context modules, extra levels.
    case neck
    /// Classes of each anchor; as many columns as there are classes.
    case classHead
    /// Boxes and landmarks of each anchor.
    case boxHead
}

extension Architecture {
    /// The part that a parameter of this network belongs to, told from its name.
    public func part(of name: Name) -> NetworkPart {
        let prefixes: [(Name, NetworkPart)]
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem:
            prefixes = [
                ("body.", .backbone), ("ClassHead.", .classHead), ("BboxHead.", .boxHead), ("LandmarkHead.", .boxHead),
            ]
        case .mobileNetSSDCaffe, .mobileNetSSDTensorFlow:
            prefixes = [("backbone.", .backbone), ("class", .classHead), ("box", .boxHead)]
        }
        for (prefix, part) in prefixes where name.hasPrefix(prefix) { return part }
        return .neck
    }
}
