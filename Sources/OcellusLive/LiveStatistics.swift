// What happened so far, counted as it happens. Reports for people and programs are made of it now and then.
import OcellusDetection

/// The counters of a session. One thread, that of the session; adding allocates nothing.
public struct LiveStatistics: Sendable {
    private let began: UInt64
    /// Frames that the source brought, skipped ones among them.
    public private(set) var frames = 0
    /// Frames that the detector looked at.
    public private(set) var detected = 0
    /// Frames that were replaced by newer ones before anybody looked.
    public private(set) var skipped = 0
    /// Frames that the motion gate kept from the detector.
    public private(set) var still = 0
    private var source = RateMeter()
    private var detection = RateMeter()
    private var inference = RecentLatency()
    private var latency = RecentLatency()
    private var delay = 0.0

    /// Counts from `moment` of `LiveClock.now` on.
    public init(began: UInt64 = LiveClock.now) { self.began = began }

    /// A frame arrived with `skipped` others before it.
    public mutating func arrived(skipped count: Int, at moment: UInt64) {
        frames += 1 + count
        skipped += count
        // Those that were skipped came in between: evenly, for all that is known.
        let time = seconds(moment)
        for _ in 0..<min(count + 1, 64) { source.add(time: time) }
    }

    /// The detector looked at a frame: time it took, and time since the frame was available.
    public mutating func looked(inference milliseconds: Double, latency total: Double, at moment: UInt64) {
        detected += 1
        let time = seconds(moment)
        detection.add(time: time)
        inference.add(milliseconds, time: time)
        latency.add(total, time: time)
        delay = total
    }

    /// The motion gate was shut for a frame.
    public mutating func stayed() { still += 1 }

    /// Seconds since the beginning.
    public func seconds(_ moment: UInt64) -> Double { moment > began ? Double(moment - began) / 1e9 : 0 }

    /// The numbers as they are at `moment`.
    public func report(at moment: UInt64, damaged: Int) -> LiveReport {
        let time = seconds(moment)
        return LiveReport(
            seconds: time, frames: frames, detected: detected, skipped: skipped, still: still, damaged: damaged,
            sourceRate: source.rate(time: time), detectionRate: detection.rate(time: time),
            inference: .init(median: inference.percentile(0.5), percentile99: inference.percentile(0.99)),
            latency: .init(median: latency.percentile(0.5), percentile99: latency.percentile(0.99)),
            delay: delay)
    }

    /// Percentiles since the beginning instead of those of the last seconds.
    public func summary(at moment: UInt64, damaged: Int) -> LiveReport {
        var report = report(at: moment, damaged: damaged)
        let time = max(report.seconds, 1e-9)
        report.sourceRate = Double(frames) / time
        report.detectionRate = Double(detected) / time
        report.inference = .init(median: inference.all.percentile(0.5), percentile99: inference.all.percentile(0.99))
        report.latency = .init(median: latency.all.percentile(0.5), percentile99: latency.all.percentile(0.99))
        return report
    }
}
