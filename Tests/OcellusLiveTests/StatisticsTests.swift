// Percentiles and rates beside exact ones.
import Foundation
import OcellusLive
import TestSupport
import Testing

struct StatisticsTests {
    @Test("percentiles are within 3 % of the exact ones, from microseconds to minutes")
    func percentiles() {
        var random = SeededGenerator(seed: 5)
        var histogram = LatencyHistogram()
        let values = (0..<5000).map { _ in exp(Double(random.integer(-3500...11500)) / 1000) }
        for value in values { histogram.add(value) }
        let sorted = values.sorted()
        for share in [0.01, 0.25, 0.5, 0.9, 0.99, 1] {
            let exact = sorted[max(0, Int((share * 5000).rounded(.up)) - 1)]
            #expect(abs(histogram.percentile(share) / exact - 1) < 0.03, "\(share)")
        }
        #expect(histogram.count == 5000)
    }

    @Test("no value, absurd values and NaN are no trouble")
    func odd() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == 0)
        for value: Double in [.nan, -.infinity, -1, 0] { histogram.add(value) }
        #expect(histogram.count == 3)
        #expect(histogram.percentile(1) < 0.011)
        histogram.add(.infinity)
        #expect(histogram.percentile(1) > 100_000)
    }

    @Test("the recent percentiles forget, those of the session do not")
    func recent() {
        var latency = RecentLatency()
        for step in 0..<300 { latency.add(100, time: Double(step) / 30) }
        for step in 300..<1200 { latency.add(5, time: Double(step) / 30) }
        #expect(latency.percentile(0.99) < 6)
        #expect(latency.all.percentile(0.99) > 95)
    }

    @Test("a rate is that of the last two seconds, and falls to 0 when nothing comes")
    func rate() {
        var meter = RateMeter()
        #expect(meter.rate(time: 0) == 0)
        for step in 0..<200 { meter.add(time: Double(step) / 25) }
        #expect(abs(meter.rate(time: 8) - 25) < 0.01)
        #expect(meter.rate(time: 11) == 0)
        for step in 0..<2000 { meter.add(time: 20 + Double(step) / 1000) }
        #expect(abs(meter.rate(time: 22) - 1000) < 1)
    }

    @Test("adding allocates nothing", .enabled(if: AllocationCount.isAvailable))
    func allocations() {
        var statistics = LiveStatistics(began: 0)
        let count = AllocationCount.of {
            var moment: UInt64 = 0
            while moment < 20_000 * 33_000_000 {
                statistics.arrived(skipped: 1, at: moment)
                statistics.looked(inference: 4, latency: 5, at: moment)
                moment += 33_000_000
            }
        }
        #expect(count == 0)
        let report = statistics.report(at: 20_000 * 33_000_000, damaged: 0)
        #expect(report.frames == 40_000 && report.skipped == 20_000 && report.detected == 20_000)
        #expect(abs(report.detectionRate - 30.3) < 0.1)
        #expect(abs(report.inference.median - 4) < 0.15)
    }
}
