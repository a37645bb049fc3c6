// What the pickle machine computes with: plain values only, containers by index, so that nothing can nest or loop in
// memory whatever the file says.
import OcellusNetwork

/// One value on the machine's stack. Texts are ranges of the file.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    /// A string or bytes.
    case text(Range<Int>)
    /// A whole number of more than eight bytes, little-endian; only PyTorch's magic number is one.
    case longInteger(Range<Int>)
    case global(PickleGlobal)
    case container(Int)
    case storage(Int)
    case tensor(Int)
}

/// The Python objects a file may name. Nothing else is taken, and none of these is Python: each is a few lines here.
enum PickleGlobal {
    /// `collections OrderedDict`
    case orderedDictionary
    /// `torch._utils _rebuild_tensor_v2`
    case rebuildTensor
    /// `torch._utils _rebuild_parameter`
    case rebuildParameter
    /// `torch FloatStorage` and its family
    case storage(ElementType)

    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", "FloatStorage"): self = .storage(.float32)
        case ("torch", "HalfStorage"): self = .storage(.float16)
        case ("torch", "BFloat16Storage"): self = .storage(.bfloat16)
        case ("torch", "DoubleStorage"): self = .storage(.float64)
        case ("torch", "LongStorage"): self = .storage(.int64)
        case ("torch", "IntStorage"): self = .storage(.int32)
        case ("torch", "ShortStorage"): self = .storage(.int16)
        case ("torch", "CharStorage"): self = .storage(.int8)
        case ("torch", "ByteStorage"): self = .storage(.uint8)
        case ("torch", "BoolStorage"): self = .storage(.bool)
        default: return nil
        }
    }
}

/// A tuple, list, set or dictionary; a dictionary's items are key, value, key, value...
struct PickleContainer {
    enum Kind { case tuple, list, set, dictionary }
    let kind: Kind
    var items: [PickleValue] = []
}

/// A block of numbers that the pickle refers to and the file keeps elsewhere.
struct PyTorchStorage {
    let elementType: ElementType
    let key: [UInt8]
    /// Number of elements.
    let count: Int
}

/// A view into a storage, as `_rebuild_tensor_v2` receives it; not yet checked against the storage.
struct PyTorchTensor {
    let storage: Int
    let offset: Int
    let sizes: [Int]
    let strides: [Int]
}
