// A low-pass filter whose cut-off grows with speed: still things do not tremble, moving ones do not lag.
// G. Casiez, N. Roussel, D. Vogel: 1 Euro Filter, CHI 2012, algorithm 1 and 2.

/// Smooths one number over time.
public struct OneEuroFilter: Sendable {
    /// How a filter behaves.
    public struct Settings: Sendable, Equatable {
        /// Cut-off at rest in hertz: lower trembles less.
        public var minimumCutoff: Float = 1
        /// Hertz by which the cut-off grows for each unit of speed (scales a second): higher lags less.
        public var beta: Float = 4
        /// Cut-off for the speed itself, in hertz.
        public var speedCutoff: Float = 1

        public init(minimumCutoff: Float = 1, beta: Float = 4, speedCutoff: Float = 1) {
            self.minimumCutoff = minimumCutoff
            self.beta = beta
            self.speedCutoff = speedCutoff
        }
    }

    private var value: Float = 0
    private var speed: Float = 0
    private var hasValue = false

    public init() {}

    /// The smoothed value, after `seconds` since the last one. `scale` is what counts as one unit (the size of the
    /// object, so that near and far objects are smoothed alike). A time that is not positive, or a value that is not
    /// finite, begins anew.
    public mutating func filter(
        _ next: Float, seconds: Float, scale: Float = 1, settings: Settings = Settings()
    ) -> Float {
        guard hasValue, seconds > 0, next.isFinite, scale > 0 else {
            (value, speed, hasValue) = (next, 0, next.isFinite)
            return next
        }
        let raw = (next - value) / (scale * seconds)
        speed += OneEuroFilter.weight(settings.speedCutoff, seconds) * (raw - speed)
        let cutoff = settings.minimumCutoff + settings.beta * abs(speed)
        value += OneEuroFilter.weight(cutoff, seconds) * (next - value)
        return value
    }

    /// The share of the new value: 1 / (1 + tau / T), tau = 1 / (2 pi cut-off).
    private static func weight(_ cutoff: Float, _ seconds: Float) -> Float {
        1 / (1 + 1 / (2 * .pi * cutoff * seconds))
    }
}
