// What a run begins with, as short texts by name. A checkpoint keeps them, so that a run does not go on with other pictures, another
// model or another teacher unnoticed.
import OcellusData
import OcellusModels

extension FineTune {
    /// What the checkpoint of a phase must have in common with a run that goes on from it, besides its settings.
    func identity(of start: Model, _ teacher: TeacherModel?) -> [String: String] {
        let weights = source.weights.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.single):\($0.value.mosaic):\($0.value.empty)" }
        return [
            "start model": Fingerprint(start).text, "training pictures": Fingerprint(source.pictures).text,
            "validation pictures": Fingerprint(evaluation).text,
            "augmentation": Fingerprint("\(source.augmentation)").text,
            "source weights": weights.isEmpty ? "none" : weights.joined(separator: ","),
            "teacher": teacher?.identity ?? "none",
        ]
    }

    /// What the integers that calibration found follow from.
    func calibrationIdentity(of model: Model) -> String {
        "\(Fingerprint(model).text) by \(plan.calibration), \(plan.calibrationPictures) of "
            + Fingerprint(source.pictures).text
    }
}

extension TeacherModel {
    fileprivate var identity: String {
        switch self {
        case .network(let model): Fingerprint(model).text
        case .faces(let network): Fingerprint(network.parameters).text
        }
    }
}
