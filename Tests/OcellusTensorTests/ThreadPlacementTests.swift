// Which cores a pool's workers may run on: those of the program but for the caller's, unless somebody says otherwise.
import Foundation
import OcellusTensor
import TestSupport
import Testing

// The system's headers show these to C programs only that ask for them.
@_silgen_name("sched_getaffinity")
private func readCores(_ thread: pid_t, _ size: Int, _ set: UnsafeMutableRawPointer) -> CInt
@_silgen_name("sched_setaffinity")
private func writeCores(_ thread: pid_t, _ size: Int, _ set: UnsafeRawPointer) -> CInt
@_silgen_name("gettid")
private func threadNumber() -> pid_t

/// The cores that a thread may run on; 0 is the calling one.
private func cores(of thread: pid_t) throws -> Set<Int> {
    var set = [UInt64](repeating: 0, count: 16)
    try #require(readCores(thread, 8 * set.count, &set) >= 0)
    func holds(_ core: Int) -> Bool { set[core / 64] & 1 << UInt64(core % 64) != 0 }
    return Set((0..<64 * set.count).filter(holds))
}

private func allow(_ cores: Set<Int>, for thread: pid_t) throws {
    var set = [UInt64](repeating: 0, count: 16)
    for core in cores { set[core / 64] |= 1 << UInt64(core % 64) }
    try #require(writeCores(thread, 8 * set.count, set) == 0)
}

/// Runs `body` with the calling thread on `cores`, then lets it run where it could before.
private func running(on chosen: Set<Int>, _ body: () throws -> Void) throws {
    let before = try cores(of: 0)
    try allow(chosen, for: 0)
    let result = Result { try body() }
    try allow(before, for: 0)
    try result.get()
}

/// A pool, and the threads that it runs on beside the caller.
private struct ObservedPool {
    let pool: ThreadPool
    let workers: [pid_t]

    init(threads: Int) throws {
        pool = try ThreadPool(threads: threads)
        let seen = try Buffer<pid_t>(count: threads)
        // Nobody goes on before all are there.
        pool.run(chunks: threads) { _, worker in
            seen.pointer[worker] = threadNumber()
            for _ in 0..<10_000 where !seen.elements.allSatisfy({ $0 != 0 }) { usleep(1000) }
        }
        workers = Array(seen.elements.dropFirst())
        try #require(workers.allSatisfy { $0 != 0 }, "a worker never took part")
    }

    /// One region, after its workers have fallen asleep.
    func run() throws {
        for worker in workers {
            for _ in 0..<5000 where try !isAsleep(worker) { usleep(1000) }
            try #require(try isAsleep(worker))
        }
        pool.run(chunks: pool.threads) { _, _ in }
    }

    private func isAsleep(_ thread: pid_t) throws -> Bool {
        try String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8).contains(") S ")
    }
}

private let available = (try? cores(of: 0).sorted()) ?? []

@Suite("cores of a thread pool's workers", .serialized, .enabled(if: available.count >= 2, "needs two cores"))
struct ThreadPlacementTests {
    @Test("workers keep off the core that the caller runs on, wherever it goes")
    func keepOffCaller() throws {
        let observed = try ObservedPool(threads: 2)
        for core in [available[0], available[1], available[0]] {
            try running(on: [core]) { try observed.run() }
            #expect(try cores(of: observed.workers[0]) == Set(available).subtracting([core]))
        }
    }

    @Test("where there are fewer cores than threads, workers use them all")
    func fewCores() throws {
        let two = Set(available.prefix(2))
        try running(on: two) {
            let observed = try ObservedPool(threads: 3)
            try observed.run()
            for worker in observed.workers { #expect(try cores(of: worker) == two) }
        }
    }

    @Test("a worker stays where somebody else has put it")
    func obeyOthers() throws {
        let observed = try ObservedPool(threads: 2)
        try running(on: [available[1]]) { try observed.run() }
        try allow([available[1]], for: observed.workers[0])
        for core in [available[0], available[1]] {
            try running(on: [core]) { try observed.run() }
            #expect(try cores(of: observed.workers[0]) == [available[1]])
        }
    }
}
