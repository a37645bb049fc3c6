// How many allocations a piece of code makes on this thread: what "allocates nothing" means in the tests.
#if canImport(CAllocationCount)
    import CAllocationCount

    public enum AllocationCount {
        /// False under sanitizers, which bring an allocator of their own.
        public static var isAvailable: Bool { ocellus_allocations() >= 0 }

        /// Calls of malloc and its relatives that `body` makes on the calling thread.
        public static func of(_ body: () throws -> Void) rethrows -> Int {
            let before = ocellus_allocations()
            try body()
            return Int(ocellus_allocations() - before)
        }
    }
#else
    public enum AllocationCount {
        public static var isAvailable: Bool { false }

        public static func of(_ body: () throws -> Void) rethrows -> Int {
            try body()
            return -1
        }
    }
#endif
