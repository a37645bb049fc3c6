// Lines for programs and people on standard output, sentences on standard error. Each line is written at once, so
// that a reader of a pipe sees a picture's result when it is there.
import Foundation
import OcellusTensor

enum Output {
    /// Set by commands whose product is a file: they go on when nobody reads what they say.
    nonisolated(unsafe) static var outlivesReader = false

    /// Writes a line. A reader that has gone away (head, less) ends the program quietly: it wants no more.
    static func line(_ text: String) {
        let error = write(Array((text + "\n").utf8), to: STDOUT_FILENO)
        if error == EPIPE {
            if outlivesReader { return }
            exit(0)
        }
        if error != 0 {
            Report.failure("cannot write the results: \(String(cString: strerror(error)))")
            exit(1)
        }
    }

    /// 0, or what the system said.
    static func write(_ bytes: [UInt8], to file: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

enum Report {
    /// `ocellus: what: why: what to do`, on one line.
    static func failure(_ message: String) { text("ocellus: \(printable(message))\n") }

    static func text(_ text: String) { _ = Output.write(Array(text.utf8), to: STDERR_FILENO) }
}

/// Text from outside (names of files, labels) without what could move a terminal's cursor or break a line.
func printable(_ text: String) -> String {
    var result = ""
    for scalar in FilePath.repaired(text).unicodeScalars {
        switch scalar.value {
        case 0x0A: result += "\\n"
        case 0x09: result += "\\t"
        case 0..<0x20, 0x7F..<0xA0: result += String(format: "\\x%02X", scalar.value)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
