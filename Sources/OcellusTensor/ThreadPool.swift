// The threads a detector computes with: one parallel region after another, shared out in chunks. The work is done in
// CSystem/threads.c, because Embedded Swift has no threads. It is no task queue and knows nothing of tensors.
import CSystem

/// A fixed number of threads, the calling one included, that run the chunks of a parallel region.
///
/// Between regions the other threads spin for some tens of microseconds and then sleep, so an idle pool uses no
/// processor time. A thread that the system does not let run holds up only the chunk it has begun; the others take
/// the rest. Pools are independent of each other; one pool serves one caller at a time. Where the program may use as many
/// cores as there are threads, the others keep off the one that the caller is on.
///
/// After `fork()` the child has no workers: in it regions run on the caller alone.
public final class ThreadPool {
    /// The threads that take part in a region, the caller of `run` included.
    public let threads: Int
    private let pool: OpaquePointer

    /// The largest number of threads a pool may have.
    public static var maximumThreads: Int { Int(OCS_POOL_MAXIMUM_THREADS) }

    /// Starts `threads - 1` threads, named `ocellus`; a pool of 1 starts none and runs everything on the caller.
    ///
    /// Throws `.invalidArgument` for a number outside 1...64, `.outOfMemory`, and `.io` when the system refuses a
    /// thread; then none is left running.
    public convenience init(threads: Int) throws(OcellusError) {
        guard threads >= 1, threads <= ThreadPool.maximumThreads else {
            throw OcellusError(
                .invalidArgument,
                "a number of threads must be 1 to \(ThreadPool.maximumThreads), found \(threads): "
                    + "use 1 or the number of cores"
            )
        }
        var created: OpaquePointer?
        let error = ocs_pool_create(Int32(threads), &created)
        guard error == 0, let created else { throw ThreadPool.failure(threads, error) }
        self.init(pool: created, threads: threads)
    }

    private init(pool: OpaquePointer, threads: Int) {
        self.pool = pool
        self.threads = threads
    }

    deinit { ocs_pool_destroy(pool) }

    /// Calls `body` once for each chunk in `0..<chunks` and returns when all calls have returned.
    ///
    /// The calling thread takes the first chunks in ascending order, the others the last ones in descending order, until
    /// none is left. `worker` is in `0..<threads`, 0 on the calling thread, and calls with the same `worker` never
    /// overlap: scratch memory of one's own may hang on it. Everything written before is visible to `body`, and everything
    /// `body` wrote is visible afterwards. Allocates nothing.
    ///
    /// One caller at a time, and `body` must not run a region of the same pool. More, smaller chunks balance a busy
    /// machine better; each costs up to 50 ns. `chunks` is at most `Int32.max`; 0 and less do nothing.
    public func run(chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
        runClosure(pool, Int32(clamping: chunks), body)
    }

    private static func failure(_ threads: Int, _ error: Int32) -> OcellusError {
        var text = [CChar](repeating: 0, count: 128)
        let reason = String(cString: ocs_error_text(error, &text, text.count))
        return OcellusError(
            error == 12 ? .outOfMemory : .io,
            "cannot start \(threads) threads: \(reason): use fewer threads or raise the limit on processes")
    }
}

/// Defined in CSystem/threads.c, which takes the closure apart: nothing in Swift can hand on a closure that does not
/// escape without an allocation.
@_silgen_name("ocs_pool_run_closure")
private func runClosure(_ pool: OpaquePointer, _ chunks: Int32, _ body: (_ chunk: Int, _ worker: Int) -> Void)
