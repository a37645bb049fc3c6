// What is known about the objects of a sample. Not every picture's labels are complete: where a picture was painted that
// somebody chose for having no object, they are.
import OcellusDetection

/// A sample's objects and the areas in which there is surely none, all in pixels of the sample.
public struct SampleLabels: Sendable, Equatable {
    public var truths: [GroundTruth]
    /// Where pictures lie that were chosen for having none. A box that is not among `truths` is background there whoever says otherwise.
    public var emptyAreas: [Box]

    public init(_ truths: [GroundTruth], emptyAreas: [Box] = []) {
        self.truths = truths
        self.emptyAreas = emptyAreas
    }

    /// Whether there is surely no object anywhere on a sample of this size.
    public func areSurelyNone(width: Int, height: Int) -> Bool {
        let whole = Box(left: 0, top: 0, right: Float(width), bottom: Float(height))
        return truths.isEmpty && emptyAreas.contains { $0.shared(with: whole) == whole }
    }
}
