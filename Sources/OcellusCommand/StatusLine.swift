// One line that says how far long work is: rewritten on a terminal, now and then a new one elsewhere.
import Foundation

final class StatusLine {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var latest: UInt64 = 0

    /// Shows what `text` makes, ten times a second for eyes and every half minute for files, and always when it is the last.
    func update(isLast: Bool, _ text: (_ isTerminal: Bool) -> String) {
        let now = DispatchTime.now().uptimeNanoseconds
        guard now - latest > (isTerminal ? 100_000_000 : 30_000_000_000) || isLast else { return }
        latest = now
        if isTerminal { rewrite(text(true)) } else { Output.line(text(false)) }
    }

    /// A line that stays.
    func print(_ text: String) {
        clear()
        Output.line(text)
    }

    func clear() { if isTerminal { rewrite("") } }

    /// "40 s", "12 min", "3 h".
    static func time(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9))
        return whole < 60 ? "\(whole) s" : whole < 5400 ? "\((whole + 59) / 60) min" : "\((whole + 1800) / 3600) h"
    }

    private func rewrite(_ text: String) { _ = Output.write(Array(("\r\u{1B}[K" + text).utf8), to: STDOUT_FILENO) }
}
