// Which format and size to ask a device for, and what it makes of it.
import CCamera
import OcellusImage
import OcellusTensor

/// One way a device could stream.
private struct Candidate {
    var code: FourCC
    var width: Int
    var height: Int
    /// How far the size is from the one wished for, in pixels of both sides.
    var distance: Int
    /// Whether the device is known to be slower than wished for.
    var isSlow: Bool
    var cost: Int

    /// The size counts first, then the rate, then what a frame costs to read.
    func isBetter(than other: Candidate) -> Bool {
        if distance != other.distance { return distance < other.distance }
        if isSlow != other.isSlow { return !isSlow }
        return cost < other.cost
    }
}

extension Device {
    /// Sets format and rate. Throws `.unsupported` when nothing fits, `.io` when the driver refuses.
    func agree(_ options: CameraOptions) throws(OcellusError) -> (format: occ_format, framesPerSecond: Double) {
        let offered = formats()
        let wanted = try choose(offered, options)
        var format = occ_format()
        format.multiplanar = capability.multiplanar
        format.width = UInt32(wanted.width)
        format.height = UInt32(wanted.height)
        format.code = wanted.code.code
        let error = system.perform(OCC_SET_FORMAT, file, &format)
        guard error == 0 else { throw CameraFault.cannotStart(self, "set the format", error) }
        if let asked = options.format, asked.code != format.code { throw CameraFault.lacks(asked, self, offered) }
        guard FrameLayout(FourCC(format.code)).cost != nil || options.format != nil else {
            throw CameraFault.unreadable(self, offered)
        }
        guard format.planes == 1 else {
            throw OcellusError(
                .unsupported,
                "\(path) (\(card)) puts the planes of \(FourCC(format.code)) into memory of their own: "
                    + "choose another format")
        }
        return (format, agreeOnRate(options.framesPerSecond))
    }

    private func choose(_ offered: [occ_format_entry], _ options: CameraOptions) throws(OcellusError) -> Candidate {
        let (width, height) = options.width == 0 ? (640, 480) : (options.width, options.height)
        var best: Candidate?
        for entry in offered {
            let code = FourCC(entry.code)
            let layout = FrameLayout(code)
            let cost: Int
            if let asked = options.format {
                guard asked == code else { continue }
                guard layout.isReadable else { throw CameraFault.unreadable(self, [entry]) }
                cost = 0
            } else {
                guard let usual = layout.cost else { continue }
                cost = usual
            }
            let size = nearest(code, width, height)
            let fastest = rates(code, size.width, size.height).first ?? .infinity
            let candidate = Candidate(
                code: code, width: size.width, height: size.height,
                distance: abs(size.width - width) + abs(size.height - height),
                // Below 15 a second movements jump; a wish counts where there is one. A little less is rounding.
                isSlow: fastest < (options.framesPerSecond > 0 ? options.framesPerSecond : 15) * 0.99, cost: cost)
            if best == nil || candidate.isBetter(than: best!) { best = candidate }
        }
        if let best { return best }
        if let asked = options.format { throw CameraFault.lacks(asked, self, offered) }
        throw CameraFault.unreadable(self, offered)
    }

    /// The size of a format that is nearest to the one wished for, which is the answer when the driver does not say.
    private func nearest(_ code: FourCC, _ width: Int, _ height: Int) -> (width: Int, height: Int) {
        var best: (width: Int, height: Int)?
        for entry in sizes(code) {
            let size = (
                width: nearest(width, entry.smallest_width, entry.largest_width, entry.step_width),
                height: nearest(height, entry.smallest_height, entry.largest_height, entry.step_height)
            )
            let distance = abs(size.width - width) + abs(size.height - height)
            if best == nil || distance < abs(best!.width - width) + abs(best!.height - height) { best = size }
        }
        return best ?? (width, height)
    }

    private func nearest(_ wish: Int, _ smallest: UInt32, _ largest: UInt32, _ step: UInt32) -> Int {
        let bounded = min(max(wish, Int(smallest)), Int(largest))
        return bounded - (bounded - Int(smallest)) % max(1, Int(step))
    }

    /// What the driver says it will do; 0 when it does not say. A wish it cannot fulfil is no error.
    private func agreeOnRate(_ wish: Double) -> Double {
        var interval = occ_interval()
        interval.multiplanar = capability.multiplanar
        if wish > 0 {
            interval.numerator = 1000
            interval.denominator = UInt32((wish * 1000).rounded())
            _ = system.perform(OCC_SET_INTERVAL, file, &interval)
        }
        var answer = occ_interval()
        answer.multiplanar = capability.multiplanar
        guard system.perform(OCC_GET_INTERVAL, file, &answer) == 0, answer.numerator > 0 else { return 0 }
        return Double(answer.denominator) / Double(answer.numerator)
    }
}
