// Which instruction set the kernels use. The choice is made here, once; the kernels themselves are in CKernels.
import CKernels

/// The kernels of one instruction set: float ones, which compute what the scalar ones compute up to rounding, and int8
/// ones, which compute the same bits. A set without int8 kernels of its own has those of the next lower set.
public struct KernelSet: Sendable {
    package let instructions: ock_isa
    package let quantized: ock_i8_isa
    /// "scalar", "NEON", "NEON SDOT", "NEON I8MM", "AVX2+FMA", "AVX-512" or "AVX-512 VNNI".
    public let name: String

    private init(_ name: String, _ instructions: ock_isa, _ quantized: ock_i8_isa) {
        self.name = name
        self.instructions = instructions
        self.quantized = quantized
    }

    private static var all: [KernelSet] {
        [
            KernelSet("scalar", OCK_SCALAR, OCK_I8_SCALAR),
            KernelSet("NEON", OCK_NEON, OCK_I8_NEON),
            KernelSet("NEON SDOT", OCK_NEON, OCK_I8_SDOT),
            KernelSet("NEON I8MM", OCK_NEON, OCK_I8_I8MM),
            KernelSet("AVX2+FMA", OCK_AVX2, OCK_I8_AVX2),
            KernelSet("AVX-512", OCK_AVX512, OCK_I8_AVX2),
            KernelSet("AVX-512 VNNI", OCK_AVX512, OCK_I8_VNNI),
        ]
    }

    private var isAvailable: Bool { ock_supported(instructions) != 0 && ock_i8_supported(quantized) != 0 }

    /// The sets this machine runs, slowest first: scalar is always there.
    public static var available: [KernelSet] {
        var sets: [KernelSet] = []
        for set in all where set.isAvailable { sets.append(set) }
        return sets
    }

    /// The fastest set this machine runs.
    public static var best: KernelSet {
        var best = KernelSet("scalar", OCK_SCALAR, OCK_I8_SCALAR)
        for set in all where set.isAvailable { best = set }
        return best
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
