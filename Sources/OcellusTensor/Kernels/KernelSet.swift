// Which instruction set the kernels use. The choice is made here, once; the kernels themselves are in CKernels.
import CKernels

/// The kernels of one instruction set. Every set computes what the scalar one computes, up to rounding in float.
public struct KernelSet: Sendable {
    let instructions: ock_isa

    /// "scalar", "NEON", "AVX2+FMA" or "AVX-512".
    public var name: String {
        switch instructions {
        case OCK_AVX512: "AVX-512"
        case OCK_AVX2: "AVX2+FMA"
        case OCK_NEON: "NEON"
        default: "scalar"
        }
    }

    private init(_ instructions: ock_isa) { self.instructions = instructions }

    /// The sets this machine runs, slowest first: scalar is always there.
    public static var available: [KernelSet] {
        var sets: [KernelSet] = []
        for instructions in [OCK_SCALAR, OCK_NEON, OCK_AVX2, OCK_AVX512] where ock_supported(instructions) != 0 {
            sets.append(KernelSet(instructions))
        }
        return sets
    }

    /// The fastest set this machine runs.
    public static var best: KernelSet {
        for instructions in [OCK_AVX512, OCK_AVX2, OCK_NEON] where ock_supported(instructions) != 0 {
            return KernelSet(instructions)
        }
        return KernelSet(OCK_SCALAR)
    }

    /// The set called `name`; nil when there is none or this machine does not run it.
    public init?(named name: String) {
        for set in KernelSet.available where set.name.utf8.elementsEqual(name.utf8) {
            self = set
            return
        }
        return nil
    }
}
