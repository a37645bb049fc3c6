// The history of a run: rows in memory and, line by line, in a CSV file that survives the run.
import Glibc
import OcellusFiles
import OcellusTensor

/// Rows of a run in the order of their steps. One thread at a time.
public final class History {
    public let path: String
    public private(set) var rows: [HistoryRow]
    /// What was wrong with the file that was to go on: rows from there on are lost.
    public let damage: String?
    private let file: UnsafeMutablePointer<FILE>

    /// Starts a new file at `path`. With `resumingAfter`, keeps the lines of a file that is there up to that step, in
    /// which case the run goes on as if it had never stopped; a missing file then is a history that begins later, and of a damaged
    /// one the rows before the damage are kept: a run is more than its history.
    ///
    /// Throws `.io`.
    public convenience init(path: String, resumingAfter step: Int? = nil) throws(OcellusError) {
        var rows: [HistoryRow] = []
        var damage: OcellusError?
        if let step, FileSystem.exists(path) {
            (rows, damage) = try History.readable(path: path)
            rows.removeAll { $0.step > step }
        }
        let text = ([HistoryRow.header] + rows.map(\.line)).joined(separator: "\n") + "\n"
        let bytes = Array(text.utf8)
        var failure: OcellusError?
        bytes.withUnsafeBufferPointer { bytes in
            do throws(OcellusError) { try FileBytes.write(bytes, to: path) } catch { failure = error }
        }
        if let failure { throw failure }
        guard let file = fopen(path, "ae") else { throw History.failure(path) }
        self.init(path, rows, file, damage: damage?.message)
    }

    private init(_ path: String, _ rows: [HistoryRow], _ file: UnsafeMutablePointer<FILE>, damage: String?) {
        self.path = path
        self.rows = rows
        self.damage = damage
        self.file = file
    }

    deinit { fclose(file) }

    /// Adds a row to the file and to `rows`. Throws `.io` (disk full): the rows before are kept.
    public func append(_ row: HistoryRow) throws(OcellusError) {
        guard fputs(row.line + "\n", file) >= 0, fflush(file) == 0 else { throw History.failure(path) }
        rows.append(row)
    }

    /// The rows of a history file. A last line that was cut off by a kill is left out.
    ///
    /// Throws `.io`, or `.invalidData` naming the line that is not a row.
    public static func read(path: String) throws(OcellusError) -> [HistoryRow] {
        let (rows, damage) = try readable(path: path)
        if let damage { throw damage }
        return rows
    }

    /// The rows before the first line that is none, and what is wrong with that.
    private static func readable(path: String) throws(OcellusError) -> (rows: [HistoryRow], damage: OcellusError?) {
        let content = try FileBytes(path: path)
        let text = withExtendedLifetime(content) { String(decoding: content.bytes, as: UTF8.self) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isWhole = lines.last?.isEmpty ?? false
        if isWhole { lines.removeLast() }
        guard lines.first.map(String.init) == HistoryRow.header else {
            let text = "\(path): expected a training history that begins with 'step,epoch,rate', found something else"
            return ([], OcellusError(code: .invalidData, text: text))
        }
        var rows: [HistoryRow] = []
        for (index, line) in lines.enumerated().dropFirst() {
            // Even a cut line that looks whole may have lost digits.
            if !isWhole, index == lines.count - 1 { break }
            guard let row = HistoryRow(line: line) else {
                let text = "\(path): line \(index + 1) is not a row of a training history"
                return (rows, OcellusError(code: .invalidData, text: text))
            }
            rows.append(row)
        }
        return (rows, nil)
    }

    private static func failure(_ path: String) -> OcellusError {
        OcellusError(.io, "cannot write \(path): \(FileSystem.errorText())")
    }
}
