// A colour with opacity, and which text colour reads well on it.

/// Red, green, blue as they stand in a picture (sRGB), and opacity: 0 is invisible, 255 covers.
public struct Colour: Equatable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public var alpha: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    public static let white = Colour(255, 255, 255)
    /// Not quite black: what dark text and dark outlines are drawn in.
    public static let ink = Colour(16, 18, 22)

    /// The same colour with another opacity.
    public func withAlpha(_ alpha: UInt8) -> Colour { Colour(red, green, blue, alpha: alpha) }

    /// Relative luminance, 0 (black) ... 1 (white), after WCAG 2.2 with the transfer curve taken as a square.
    public var luminance: Float {
        func linear(_ value: UInt8) -> Float { Float(value) * Float(value) / 65025 }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Contrast ratio with another colour, 1 (none) ... 21, after WCAG 2.2.
    public func contrast(with other: Colour) -> Float {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// White or ink: whichever stands out more on this colour.
    public var textColour: Colour {
        contrast(with: .ink) >= contrast(with: .white) ? .ink : .white
    }
}
