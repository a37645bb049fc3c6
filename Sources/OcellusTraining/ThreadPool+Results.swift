// Work that may fail, shared among threads: a batch's pictures are read, matched and taught so.
import OcellusTensor

extension ThreadPool {
    /// What `body` returns for each of `0..<count`, `worker` as in `run(chunks:)`. All are run; then the first failure in
    /// their order is thrown.
    func results<Value>(
        _ count: Int, _ body: (_ index: Int, _ worker: Int) throws(OcellusError) -> Value
    ) throws(OcellusError) -> [Value] {
        var outcomes = [Result<Value, OcellusError>?](repeating: nil, count: count)
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            nonisolated(unsafe) let outcomes = outcomes
            run(chunks: count) { index, worker in
                do throws(OcellusError) {
                    outcomes[index] = .success(try body(index, worker))
                } catch {
                    outcomes[index] = .failure(error)
                }
            }
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        for case let outcome? in outcomes { values.append(try outcome.get()) }
        return values
    }
}
