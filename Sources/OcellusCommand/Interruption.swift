// Ctrl-C and SIGTERM end a live session in order; a second one ends the program at once.
import Dispatch
import Foundation
import Synchronization

/// Watches for the wish to end. One in a program.
final class Interruption: @unchecked Sendable {
    private let flag = Atomic<Bool>(false)
    /// Only kept alive.
    private var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM] {
            // The source sees signals also when they are ignored.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                guard let self, !flag.exchange(true, ordering: .relaxed) else { _exit(128 + number) }
            }
            source.resume()
            sources.append(source)
        }
    }

    var isWanted: Bool { flag.load(ordering: .relaxed) }
}
