// The colours of classes and landmarks. Chosen by eye: bright enough for a dark ground, apart in hue and lightness.

/// Colours that never change for a label, so that a class looks the same in every picture.
public enum Palette {
    /// One colour a class; labels beyond the end begin again.
    static let classes: [Colour] = [
        Colour(255, 176, 32),  // amber
        Colour(52, 216, 140),  // mint
        Colour(64, 150, 255),  // azure
        Colour(255, 92, 92),  // coral
        Colour(176, 118, 255),  // violet
        Colour(248, 236, 84),  // lemon
        Colour(255, 128, 214),  // pink
        Colour(52, 220, 244),  // cyan
        Colour(160, 214, 46),  // lime
        Colour(206, 146, 100),  // tan
        Colour(204, 210, 220),  // silver
        Colour(0, 150, 136),  // teal
    ]

    /// Left eye, right eye, nose, left mouth corner, right mouth corner, as seen in the picture.
    public static let landmarks: [Colour] = [
        Colour(64, 224, 255), Colour(150, 255, 96), Colour(255, 226, 64), Colour(255, 112, 204), Colour(255, 142, 60),
    ]

    /// The colour of a class. Any number is a label here.
    public static func colour(label: Int) -> Colour {
        let remainder = label % classes.count
        return classes[remainder < 0 ? remainder + classes.count : remainder]
    }
}
