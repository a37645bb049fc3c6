// What may be changed of the way pictures are varied for training; the rest stands in `Augmentation`.
import ArgumentParser
import OcellusData

struct AugmentationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Turn every picture, by angles of this standard deviation (default: for faces 4 in 10 pictures by 10 degrees, for "
                + "objects none).", valueName: "degrees"))
    var turn: Float?

    @Option(
        help: ArgumentHelp(
            "Make pictures wider or narrower: the standard deviation of the logarithm of width over height, for the "
                + "augmentation of faces (default: 0).", valueName: "number"))
    var stretch: Float?

    @Option(
        help: ArgumentHelp(
            "Of the rectangles pasted over every second sample, the share that is laid over an object and hides up to half of it, "
                + "for the augmentation of faces (default: 0).", valueName: "share"))
    var hide: Float?

    @Option(
        help: ArgumentHelp(
            "Share of the faces with points that get dark glasses, a cap or both drawn on (default: 0).",
            valueName: "share"))
    var disguise: Float?

    @Option(
        help: ArgumentHelp(
            "Share of samples on which shadows and glaring light fall (default: 0).", valueName: "share"))
    var shade: Float?

    @Option(
        help: ArgumentHelp(
            "Share of samples without an object, for the augmentation of faces (default: 0.12).", valueName: "share"))
    var negativeShare: Float?

    func validate() throws {
        guard 0...180 ~= turn ?? 0 else { throw ValidationError("--turn \(turn ?? 0): expected 0 to 180 degrees") }
        try Share.check(shares)
    }

    private var shares: [(name: String, value: Float?)] {
        [
            ("--stretch", stretch), ("--hide", hide), ("--disguise", disguise), ("--shade", shade),
            ("--negative-share", negativeShare),
        ]
    }

    /// The first that was given, for messages.
    var firstGiven: String? { ([("--turn", turn)] + shares).first { $0.value != nil }?.name }

    /// What is said of options that only canvases composed of faces know.
    static func needsFaces(_ option: String) -> ValidationError {
        ValidationError("\(option) belongs to the augmentation of faces: add --augmentation faces")
    }

    /// A preset with what was asked for instead of its own. Throws when the preset has no such setting.
    func changing(_ preset: Augmentation) throws -> Augmentation {
        var settings = preset
        if let turn { (settings.turnProbability, settings.turnDegrees) = (turn > 0 ? 1 : 0, turn) }
        settings.disguise.share = disguise ?? settings.disguise.share
        settings.light.probability = shade ?? settings.light.probability
        guard case .composed(var composition) = settings.arrangement else {
            for (name, value) in [("--stretch", stretch), ("--hide", hide), ("--negative-share", negativeShare)]
            where value != nil {
                throw AugmentationOptions.needsFaces(name)
            }
            return settings
        }
        composition.stretch = stretch ?? composition.stretch
        composition.hidingShare = hide ?? composition.hidingShare
        composition.emptyShare = negativeShare ?? composition.emptyShare
        settings.arrangement = .composed(composition)
        return settings
    }
}
