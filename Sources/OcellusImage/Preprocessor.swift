// A picture in, a network's input out: resize, colour conversion and normalisation in one pass over the picture.
// Not decoding of files (OcellusFiles) and not the choice of settings (models own them).
import OcellusTensor

/// Prepares pictures for one network. Tables are kept for the last picture's size and format: the same again allocates
/// nothing. Memory grows with the widths, never with the area.
///
/// One thread at a time.
public final class Preprocessor {
    public let preprocessing: Preprocessing
    private let writer: FloatWriter
    private let kernels: KernelSet
    private let pool: ThreadPool?
    private var plan: ResamplePlan?

    /// All sets of `kernels` write the same bits, with any number of threads; they differ in speed alone.
    ///
    /// - Parameter pool: threads to share the rows among; nil works in the calling thread alone.
    ///
    /// Throws `.invalidArgument` for an input size outside 1...32768 or numbers that are not finite.
    public convenience init(
        _ preprocessing: Preprocessing, kernels: KernelSet = .best, pool: ThreadPool? = nil
    ) throws(OcellusError) {
        let limit = ImageView.sideLimit
        let (width, height) = (preprocessing.inputWidth, preprocessing.inputHeight)
        guard width >= 1, width <= limit, height >= 1, height <= limit else {
            throw OcellusError(
                .invalidArgument,
                "a network input of \(width)x\(height) pixels: expected a width and a height from 1 to \(limit)")
        }
        for channel in 0..<3 where !preprocessing.mean[channel].isFinite || !preprocessing.scale[channel].isFinite {
            throw OcellusError(
                .invalidArgument,
                "mean \(preprocessing.mean[channel]) and scale \(preprocessing.scale[channel]) of channel \(channel): "
                    + "expected finite numbers")
        }
        if case .letterbox(_, .grey(let level)) = preprocessing.fit, !level.isFinite {
            throw OcellusError(.invalidArgument, "a letterbox fill of \(level): expected a finite number")
        }
        self.init(checked: preprocessing, kernels, pool)
    }

    private init(checked preprocessing: Preprocessing, _ kernels: KernelSet, _ pool: ThreadPool?) {
        self.preprocessing = preprocessing
        self.kernels = kernels
        self.pool = pool
        writer = FloatWriter(preprocessing)
    }

    /// Writes `image` as float [1, inputHeight, inputWidth, 3] and returns where it lies in there.
    ///
    /// `output` has room for `preprocessing.elementCount` floats; all of them are written. Up to a shrink of 2 an axis
    /// is interpolated linearly, beyond it is averaged over the exact footprint. YUYV and NV12 are BT.601 limited
    /// range.
    /// Throws `.outOfMemory` alone, and only when the size or the format differs from the last picture's.
    public func run(_ image: ImageView, into output: UnsafeMutablePointer<Float>) throws(OcellusError) -> InputMapping {
        let plan = try plan(for: image)
        plan.run(image, into: output, writer: writer, pool: pool)
        return plan.mapping
    }

    /// Writes `image` as bytes [1, inputHeight, inputWidth, 3]: levels in the network's channel order, not normalised.
    ///
    /// What surrounds a letterboxed picture is the mean rounded to a level. Otherwise as `run(_:into:)` for floats.
    public func run(_ image: ImageView, into output: UnsafeMutablePointer<UInt8>) throws(OcellusError) -> InputMapping {
        let plan = try plan(for: image)
        plan.run(image, into: output, writer: LevelWriter(), pool: pool)
        return plan.mapping
    }

    private func plan(for image: ImageView) throws(OcellusError) -> ResamplePlan {
        if let plan, plan.fits(image) { return plan }
        // The old tables go first: two sets of them are never needed.
        plan = nil
        let fresh = try ResamplePlan(
            width: image.width, height: image.height, format: image.format, preprocessing: preprocessing,
            kernels: kernels, threads: pool?.threads ?? 1)
        plan = fresh
        return fresh
    }
}
