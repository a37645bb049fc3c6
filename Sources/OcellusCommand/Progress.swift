// How far a long row of pictures has come: one line on a terminal's standard error, when the results go elsewhere.
import Foundation

final class Progress {
    private let total: Int
    private let isShown: Bool
    private let start = DispatchTime.now().uptimeNanoseconds
    private var last: UInt64 = 0

    /// `isResultShown`: whether results come on standard output while the row goes on, and would mix with the line.
    init(total: Int, isResultShown: Bool = true) {
        self.total = total
        isShown = total > 1 && isatty(STDERR_FILENO) == 1 && (!isResultShown || isatty(STDOUT_FILENO) == 0)
    }

    /// At most ten times a second.
    func show(done: Int) {
        let now = DispatchTime.now().uptimeNanoseconds
        guard isShown, done > 0, now - last > 100_000_000 else { return }
        last = now
        let rate = Double(done) / (Double(now - start) / 1e9)
        let left = Int((Double(total - done) / rate).rounded(.up))
        let time = left < 60 ? "\(left) s" : "\((left + 59) / 60) min"
        Report.text(String(format: "\r\u{1B}[K%d of %d pictures  %.1f a second  %@ left", done, total, rate, time))
    }

    /// Makes room for other lines.
    func clear() {
        if isShown, last > 0 { Report.text("\r\u{1B}[K") }
    }

    /// What `work` makes of a row of pictures; it says how many it has done and writes nothing itself.
    static func watching<Result, Failure: Error>(
        _ total: Int, _ work: (_ show: (Int) -> Void) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let progress = Progress(total: total, isResultShown: false)
        defer { progress.clear() }
        return try work { progress.show(done: $0) }
    }
}
