// The catalogue: every network the library knows, and the conventions that come with each.
import OcellusDetection
import OcellusImage
import OcellusNetwork
import OcellusTensor

/// A known network. Its name stands in model files; there is no graph in a file.
public enum Architecture: Sendable, Equatable, CaseIterable {
    case retinaFaceMobileNet025
    case retinaFaceWideStem
    case mobileNetSSDCaffe
    case mobileNetSSDTensorFlow

    public var name: String {
        switch self {
        case .retinaFaceMobileNet025: return "retinaface-mobilenet0.25"
        case .retinaFaceWideStem: return "retinaface-wide-stem"
        case .mobileNetSSDCaffe: return "mobilenet-ssd"
        case .mobileNetSSDTensorFlow: return "mobilenet-ssd-tensorflow"
        }
    }

    public init?(name: Name) {
        for architecture in Architecture.allCases where Name(architecture.name) == name {
            self = architecture
            return
        }
        return nil
    }

    /// Widths that published weights come in, the likeliest first.
    public var publishedWidths: [Float] {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem: return [1]
        case .mobileNetSSDCaffe, .mobileNetSSDTensorFlow: return [1, 0.75, 0.5, 0.25]
        }
    }

    /// The names of all architectures, for messages.
    public static var names: String {
        var text = ""
        for architecture in allCases {
            if !text.isEmpty { text += ", " }
            text += architecture.name
        }
        return text
    }

    /// The network as published, with batch normalisation. `classes` counts the background; `width` is the share of
    /// the published channels that it has.
    ///
    /// Throws `.invalidArgument` for a class count, width or input size that the architecture cannot have.
    public func declare(classes: Int, width: Float, preprocessing: Preprocessing) throws(OcellusError) -> Graph {
        guard 2...1001 ~= classes else {
            throw OcellusError(.invalidArgument, "\(name): \(classes - 1) classes: must be 1 to 1000")
        }
        guard 0.125...2 ~= width else {
            throw OcellusError(.invalidArgument, "\(name): a width of \(width): must be 0.125 to 2")
        }
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem:
            guard classes == RetinaFace.classes, width == 1 else {
                throw OcellusError(
                    .invalidArgument, "\(name) has one class, face, and a width of 1; found \(classes - 1) and \(width)"
                )
            }
            return try RetinaFace.declare(
                height: preprocessing.inputHeight, width: preprocessing.inputWidth,
                hasWideStem: self == .retinaFaceWideStem)
        case .mobileNetSSDCaffe, .mobileNetSSDTensorFlow:
            guard preprocessing.inputWidth == MobileNetSSD.size, preprocessing.inputHeight == MobileNetSSD.size else {
                throw OcellusError(
                    .invalidArgument,
                    "\(name) has an input of 300x300; found \(preprocessing.inputWidth)x\(preprocessing.inputHeight)")
            }
            return try MobileNetSSD.declare(
                self == .mobileNetSSDCaffe ? .caffe : .tensorFlow, classes: classes, width: width)
        }
    }

    public func anchors(_ preprocessing: Preprocessing) throws(OcellusError) -> Anchors {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem:
            return try RetinaFace.anchors(height: preprocessing.inputHeight, width: preprocessing.inputWidth)
        case .mobileNetSSDCaffe: return try MobileNetSSD.anchors(.caffe)
        case .mobileNetSSDTensorFlow: return try MobileNetSSD.anchors(.tensorFlow)
        }
    }

    public var boxCoder: BoxCoder {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem, .mobileNetSSDCaffe: return BoxCoder()
        case .mobileNetSSDTensorFlow: return BoxCoder(order: .yxhw)
        }
    }

    public var landmarkCoder: LandmarkCoder? {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem: return LandmarkCoder()
        case .mobileNetSSDCaffe, .mobileNetSSDTensorFlow: return nil
        }
    }

    public var scoreActivation: DecoderSettings.ScoreActivation {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem, .mobileNetSSDCaffe: return .softmax
        case .mobileNetSSDTensorFlow: return .sigmoid
        }
    }

    /// Which boxes compete: TensorFlow's published post-processing gives an object one class, Caffe's may give it several.
    public var suppression: DecoderSettings.Suppression {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem, .mobileNetSSDCaffe: return .perClass
        case .mobileNetSSDTensorFlow: return .agnostic
        }
    }

    /// What a file without its own wishes gets: input, labels, thresholds.
    public func defaultDescription() -> ModelDescription {
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem:
            return ModelDescription(
                architecture: self, labels: ["face"], preprocessing: RetinaFace.preprocessing(height: 300, width: 300),
                scoreThreshold: 0.5, overlapThreshold: 0.4)
        case .mobileNetSSDCaffe:
            return ModelDescription(
                architecture: self, labels: Labels.voc, preprocessing: MobileNetSSD.preprocessing(.caffe),
                scoreThreshold: 0.5, overlapThreshold: 0.45)
        case .mobileNetSSDTensorFlow:
            return ModelDescription(
                architecture: self, labels: Labels.coco, preprocessing: MobileNetSSD.preprocessing(.tensorFlow),
                scoreThreshold: 0.5, overlapThreshold: 0.6)
        }
    }
}
