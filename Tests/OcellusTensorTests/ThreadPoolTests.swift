// The thread pool: what a region promises, which threads exist when, and what an idle pool costs.
import CSystem
import Foundation
import OcellusTensor
import Synchronization
import TestSupport
import Testing

/// The distance in a buffer between what different workers write, so that they share no cache line.
private let stride = 16

/// This process's threads that carry the pool's name.
private func workers() throws -> Set<String> {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    // A thread may end between the two looks.
    return Set(
        threads.filter { (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == "ocellus\n" })
}

/// A pool and the threads that came with it. Tests of other layers may start pools at the same moment: then the
/// difference is too large, and another attempt is made.
private func startPool(_ threads: Int) throws -> (pool: ThreadPool, started: Set<String>) {
    for attempt in 1... {
        let before = try workers()
        let pool = try ThreadPool(threads: threads)
        // A thread names itself, so the names come a moment later.
        for _ in 0..<100 where try workers().subtracting(before).count < threads - 1 { usleep(2000) }
        usleep(5000)
        let started = try workers().subtracting(before)
        if started.count == threads - 1 || attempt == 20 { return (pool, started) }
    }
    throw CancellationError()
}

/// The line of /proc/self/task/T/status that begins with `key`, as a hexadecimal number.
private func status(of thread: String, _ key: String) throws -> UInt64? {
    let text = try String(contentsOfFile: "/proc/self/task/\(thread)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line.flatMap { UInt64($0.dropFirst(key.count + 1).trimmingCharacters(in: .whitespaces), radix: 16) }
}

/// What these threads have used so far; the kernel counts nanoseconds on a processor.
private func processorMilliseconds(_ threads: Set<String>) throws -> Double {
    try threads.reduce(0) { sum, thread in
        let text = try String(contentsOfFile: "/proc/self/task/\(thread)/schedstat", encoding: .utf8)
        return sum + (try #require(text.split(separator: " ").first.flatMap { Double($0) })) / 1e6
    }
}

/// Something a compiler cannot leave out, of about `turns` nanoseconds.
private func scramble(_ seed: Int, turns: Int) -> UInt64 {
    var value = UInt64(truncatingIfNeeded: seed) &+ 1
    for _ in 0..<turns { value = (value ^ (value >> 7)) &* 6_364_136_223_846_793_005 &+ 1 }
    return value
}

// Serialized: the tests count this process's threads and its processor time.
@Suite("thread pool", .serialized) struct ThreadPoolTests {
    @Test("every chunk runs exactly once, with a worker number in range", arguments: [1, 2, 3, 4, 8])
    func everyChunkOnce(threads: Int) throws {
        let pool = try ThreadPool(threads: threads)
        #expect(pool.threads == threads)
        for chunks in [0, 1, 2, 3, 5, 7, 16, 63, 1000] {
            let runs = try Buffer<Int32>(count: chunks)
            let strays = try Buffer<Int32>(count: 1)
            for _ in 0..<20 {
                pool.run(chunks: chunks) { chunk, worker in
                    let isExpected = 0..<threads ~= worker && 0..<chunks ~= chunk
                    if isExpected { runs.pointer[chunk] += 1 } else { strays.pointer[0] += 1 }
                }
            }
            #expect(runs.elements.allSatisfy { $0 == 20 } && strays.pointer[0] == 0, "\(chunks) chunks")
        }
    }

    @Test("a negative number of chunks runs nothing")
    func negativeChunks() throws {
        for threads in [1, 2] {
            var calls = 0
            try ThreadPool(threads: threads).run(chunks: -1) { _, _ in calls += 1 }
            #expect(calls == 0)
        }
    }

    @Test("one worker never has two chunks at a time", arguments: [2, 3, 8])
    func workersDoNotOverlap(threads: Int) throws {
        let pool = try ThreadPool(threads: threads)
        let inside = try Buffer<Int32>(count: threads * stride)
        let identity = try Buffer<UInt>(count: threads * stride)
        let faults = try Buffer<Int32>(count: threads * stride)
        for turn in 0..<50 {
            pool.run(chunks: 40) { chunk, worker in
                // A worker number belongs to one thread for good, so two chunks at once would be two threads.
                let thread = UInt(pthread_self())
                if identity.pointer[worker * stride] == 0 { identity.pointer[worker * stride] = thread }
                if identity.pointer[worker * stride] != thread { faults.pointer[worker * stride] += 1 }
                inside.pointer[worker * stride] += 1
                if scramble(chunk + turn, turns: 2000) == 0 || inside.pointer[worker * stride] != 1 {
                    faults.pointer[worker * stride] += 1
                }
                inside.pointer[worker * stride] -= 1
            }
        }
        #expect(faults.elements.allSatisfy { $0 == 0 })
        #expect(identity.pointer[0] == UInt(pthread_self()), "worker 0 is the caller")
    }

    @Test("a region ends only when its slowest chunk has", arguments: [10, 5000] as [UInt32])
    func slowChunk(microseconds: UInt32) throws {
        let pool = try ThreadPool(threads: 2)
        let results = try Buffer<Int>(count: 2)
        for turn in 1...20 {
            let begun = Atomic(false)
            pool.run(chunks: 2) { chunk, worker in
                if worker == 0 {
                    // Until the other chunk is under way elsewhere, for ten seconds at most.
                    for _ in 0..<100_000 where !begun.load(ordering: .relaxed) { usleep(100) }
                } else {
                    begun.store(true, ordering: .relaxed)
                    usleep(microseconds)
                }
                results.pointer[chunk] = turn
            }
            let tookPart = begun.load(ordering: .relaxed)
            #expect(tookPart, "the worker never took part")
            #expect(results.elements.allSatisfy { $0 == turn })
        }
    }

    @Test("partial sums of the workers add up to the serial sum, region after region")
    func sums() throws {
        let pool = try ThreadPool(threads: 3)
        let values = (0..<10_007).map { ($0 * 7919) % 1009 }
        let scratch = try Buffer<Int>(count: 3 * stride)
        for chunks in [1, 2, 9, 100] {
            scratch.elements.update(repeating: 0)
            pool.run(chunks: chunks) { chunk, worker in
                let range = values.count * chunk / chunks..<values.count * (chunk + 1) / chunks
                scratch.pointer[worker * stride] += values[range].reduce(0, +)
            }
            #expect(scratch.elements.reduce(0, +) == values.reduce(0, +))
        }
    }

    @Test("a region sees what the one before wrote")
    func regionsFollowEachOther() throws {
        let pool = try ThreadPool(threads: 4)
        let count = 64
        var from = try Buffer<Int>(count: count)
        var to = try Buffer<Int>(count: count)
        for _ in 0..<2000 {
            let (old, new) = (from.pointer, to.pointer)
            // Each place takes its neighbour's value and one more: a missed write shows in every later region.
            pool.run(chunks: 8) { chunk, _ in
                for index in chunk * 8..<chunk * 8 + 8 { new[index] = old[(index + 11) % count] + 1 }
            }
            swap(&from, &to)
        }
        #expect(from.elements.allSatisfy { $0 == 2000 })
    }

    @Test("a pool of n starts n - 1 threads and ends them", arguments: [1, 2, 5, 64])
    func threadCount(threads: Int) throws {
        var started: Set<String> = []
        do {
            let pool: ThreadPool
            (pool, started) = try startPool(threads)
            #expect(started.count == threads - 1)
            pool.run(chunks: 100) { _, _ in }
            #expect(try workers().isSuperset(of: started))
        }
        // The system takes a joined thread off the list a moment after the join.
        for _ in 0..<200 where try !workers().isDisjoint(with: started) { usleep(5000) }
        #expect(try workers().isDisjoint(with: started))
    }

    @Test("other numbers of threads are refused", arguments: [Int.min, -1, 0, 65, Int.max])
    func refusedCounts(threads: Int) throws {
        let error = #expect(throws: OcellusError.self) { try ThreadPool(threads: threads) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("found \(threads)") == true)
    }

    @Test("workers leave the program's signals to its own threads")
    func signals() throws {
        // The thread a test runs on may block them itself; the workers would inherit that.
        var open = sigset_t()
        var before = sigset_t()
        var after = sigset_t()
        sigemptyset(&open)
        pthread_sigmask(SIG_SETMASK, &open, &before)
        let result = Result { try startPool(2) }
        pthread_sigmask(SIG_SETMASK, &before, &after)
        for signal in 1...31 { #expect(sigismember(&after, Int32(signal)) == 0, "the caller's mask is as it was") }

        let (pool, started) = try result.get()
        #expect(started.count == 1)
        for worker in started {
            let blocked = try #require(try status(of: worker, "SigBlk"))
            for signal in [SIGINT, SIGTERM, SIGALRM, SIGCHLD, SIGUSR1, SIGPIPE] {
                #expect(blocked >> (UInt64(signal) - 1) & 1 == 1, "signal \(signal)")
            }
            // A crash handler must still see these.
            for signal in [SIGSEGV, SIGBUS, SIGFPE] {
                #expect(blocked >> (UInt64(signal) - 1) & 1 == 0, "signal \(signal)")
            }
        }
        pool.run(chunks: 2) { _, _ in }
    }

    @Test("an idle pool uses no processor time")
    func idle() throws {
        let (pool, started) = try startPool(4)
        #expect(started.count == 3)
        // On a busy machine a worker may end its spin late: one quiet interval of several is enough, and a pool that
        // spins has none.
        var least = Double.infinity
        for _ in 0..<25 where least > 3 {
            pool.run(chunks: 100) { _, _ in }
            usleep(20_000)
            let before = try processorMilliseconds(started)
            usleep(200_000)
            least = min(least, try processorMilliseconds(started) - before)
        }
        #expect(least <= 3, "milliseconds in 200")
    }

    @Test("100,000 regions in sequence end")
    func manyRegions() throws {
        let pool = try ThreadPool(threads: 2)
        let counts = try Buffer<Int>(count: 2 * stride)
        for _ in 0..<100_000 { pool.run(chunks: 4) { _, worker in counts.pointer[worker * stride] += 1 } }
        #expect(counts.elements.reduce(0, +) == 400_000)
    }

    @Test("regions after pauses wake sleeping workers")
    func pauses() throws {
        let pool = try ThreadPool(threads: 2)
        let counts = try Buffer<Int>(count: 2 * stride)
        for turn in 0..<200 {
            usleep(turn % 4 == 0 ? 1000 : 20)
            // Milliseconds of work: whatever else runs, a woken worker gets to take some of it in 200 regions.
            pool.run(chunks: 8) { chunk, worker in
                counts.pointer[worker * stride] += scramble(chunk, turns: 100_000) == 0 ? 0 : 1
            }
        }
        #expect(counts.elements.reduce(0, +) == 1600)
        #expect(counts.pointer[stride] > 0, "the worker never took part")
    }

    @Test("pools start and end in quick succession")
    func churn() throws {
        let counts = try Buffer<Int>(count: 3 * stride)
        for turn in 0..<300 {
            let pool = try ThreadPool(threads: 3)
            // Some pools end before their threads have begun.
            if turn % 3 != 0 { pool.run(chunks: 6) { _, worker in counts.pointer[worker * stride] += 1 } }
        }
        #expect(counts.elements.reduce(0, +) == 1200)
    }

    @Test("two pools serve two threads at once")
    func twoPools() throws {
        let sums = try Buffer<Int>(count: 2 * 2 * stride)
        let pools = [try ThreadPool(threads: 2), try ThreadPool(threads: 2)]
        let turns = 2000
        // Each thread uses a pool of its own and places of its own.
        nonisolated(unsafe) let shared = (pools, sums.pointer)
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            let own = shared.1 + index * 2 * stride
            for _ in 0..<turns {
                shared.0[index].run(chunks: 5) { chunk, worker in own[worker * stride] += chunk + index }
            }
        }
        let totals = [0, 1].map { index in sums.elements[index * 2 * stride..<(index + 1) * 2 * stride].reduce(0, +) }
        #expect(totals == [10 * turns, 15 * turns])
    }

    @Test("beside busy threads a region does not wait for a worker that is not running")
    func underLoad() throws {
        let stop = Atomic(false)
        let pool = try ThreadPool(threads: 2)
        let counts = try Buffer<Int>(count: 2 * stride)
        let regions = 2000
        var seconds = Double.infinity
        withoutActuallyEscaping({ while !stop.load(ordering: .relaxed) {} }) { spin in
            nonisolated(unsafe) let spin = spin
            let group = DispatchGroup()
            let cores = ProcessInfo.processInfo.activeProcessorCount
            for _ in 0..<cores { DispatchQueue.global().async(group: group) { spin() } }
            usleep(20_000)
            let start = ocs_monotonic_nanoseconds()
            for _ in 0..<regions { pool.run(chunks: 4) { _, worker in counts.pointer[worker * stride] += 1 } }
            seconds = Double(ocs_monotonic_nanoseconds() - start) / 1e9
            stop.store(true, ordering: .relaxed)
            group.wait()
        }
        #expect(counts.elements.reduce(0, +) == 4 * regions)
        // Waiting for the scheduler's turn in each region would take about 4 ms each.
        #expect(seconds < 4)
    }

    @Test("a region allocates nothing")
    func allocations() throws {
        guard AllocationCount.isAvailable else { return }
        for threads in [1, 2] {
            let pool = try ThreadPool(threads: threads)
            let counts = try Buffer<Int>(count: 2 * stride)
            let pointer = counts.pointer
            let region = {
                for _ in 0..<50 { pool.run(chunks: 4) { chunk, worker in pointer[worker * stride] += chunk } }
            }
            #expect(AllocationCount.of(region) == 0)
            #expect(counts.elements.reduce(0, +) == 300)
        }
    }
}
