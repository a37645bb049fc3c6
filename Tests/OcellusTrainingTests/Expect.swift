// The shortest way to expect an error with certain words.
import OcellusTensor
import Testing

/// Expects an `OcellusError` whose message contains `words`.
func expectError(_ words: String, _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) {
    do {
        try body()
        Issue.record("expected an error with '\(words)', found none", sourceLocation: sourceLocation)
    } catch let error as OcellusError {
        #expect(error.message.contains(words), sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
