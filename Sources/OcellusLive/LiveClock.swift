// The two clocks of a live session: one that never jumps, for latencies, and one that people know, for time stamps.
import CSystem
import Foundation

/// Reads the clocks. Allocates nothing.
public enum LiveClock {
    /// Nanoseconds of a clock that only goes forward: CLOCK_MONOTONIC, as video drivers stamp their frames.
    public static var now: UInt64 { ocs_monotonic_nanoseconds() }

    /// Seconds since 1970 of a moment that `now` gave or will give.
    public static func wallTime(_ moment: UInt64) -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let wall = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        return wall + (Double(moment) - Double(now)) / 1e9
    }

    /// Milliseconds from `start` to `end`; 0 when `end` is earlier.
    public static func milliseconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1e6 : 0
    }
}
