// A PyTorch checkpoint once its pickle has run: finds the state_dict in it and copies the tensors out. The two
// containers differ only in where a storage's bytes stand: see +Legacy and +Zip.
import OcellusNetwork
import OcellusTensor

struct PyTorchFile {
    static let entryLimit = 65536

    let source: ByteSource
    let machine: PickleMachine
    let root: PickleValue
    /// Where each storage lies in the file, by its key; checked to be inside.
    let ranges: [[UInt8]: Range<Int>]

    /// The state_dict's tensors in its order, a `module.` common to all names removed.
    ///
    /// A dictionary under `state_dict` or `model` at the top is taken instead of the top itself. Values that are not
    /// tensors (an epoch number) are passed over.
    func tensors() throws(OcellusError) -> [ImportedTensor] {
        var entries: [(name: String, tensor: PyTorchTensor)] = []
        for (key, value) in try stateDictionary() {
            guard case .tensor(let index) = value else { continue }
            entries.append((key, machine.tensors[index]))
        }
        guard !entries.isEmpty else {
            throw source.unsupported(
                "expected a state_dict of tensors, alone or under 'state_dict' or 'model', found none; "
                    + "save model.state_dict() with torch.save")
        }
        let prefix = "module."
        let isWrapped = entries.allSatisfy { $0.name.hasPrefix(prefix) }
        var budget = ImportBudget(source)
        var seen: Set<String> = []
        var tensors: [ImportedTensor] = []
        for entry in entries {
            let name = isWrapped ? String(entry.name.dropFirst(prefix.count)) : entry.name
            guard seen.insert(name).inserted else {
                throw source.failure("tensor \(quoted(name)): expected once, found twice")
            }
            tensors.append(try copy(entry.tensor, name, &budget))
        }
        return tensors
    }

    private func stateDictionary() throws(OcellusError) -> [(key: String, value: PickleValue)] {
        let top = try dictionary(root)
        for wrapper in ["state_dict", "model"] {
            for (key, value) in top where key == wrapper {
                if case .container = value { return try dictionary(value) }
            }
        }
        return top
    }

    private func dictionary(_ value: PickleValue) throws(OcellusError) -> [(key: String, value: PickleValue)] {
        let items = try machine.items(of: value, .dictionary)
        guard items.count / 2 <= PyTorchFile.entryLimit else {
            throw source.failure("expected at most \(PyTorchFile.entryLimit) entries, found \(items.count / 2)")
        }
        var entries: [(String, PickleValue)] = []
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            guard case .text(let range) = items[index], range.count <= 512 else { continue }
            entries.append((source.text(range), items[index + 1]))
        }
        return entries
    }

    /// Copies a view out of its storage, contiguous afterwards.
    private func copy(
        _ tensor: PyTorchTensor, _ name: String, _ budget: inout ImportBudget
    ) throws(OcellusError) -> ImportedTensor {
        let storage = machine.storages[tensor.storage]
        let size = storage.elementType.size
        guard tensor.sizes.count == tensor.strides.count,
            let byteCount = storage.elementType.byteCount(of: tensor.sizes)
        else {
            throw source.failure(
                "tensor \(quoted(name)): expected sizes of at most 2^31 numbers and as many strides, found "
                    + "\(Parameter.text(tensor.sizes)) and \(Parameter.text(tensor.strides))")
        }
        guard let range = ranges[storage.key] else {
            throw source.failure(
                "tensor \(quoted(name)): expected storage \(Name(bytes: storage.key).quoted) in the file, found none")
        }
        let stored = range.count / size
        let count = byteCount / size
        guard let last = tensor.lastIndex, last < stored, count <= stored || count == 0 else {
            throw source.failure(
                "tensor \(quoted(name)): expected to lie inside its storage of \(stored) numbers, found sizes "
                    + "\(Parameter.text(tensor.sizes)), strides \(Parameter.text(tensor.strides)), "
                    + "offset \(tensor.offset)"
            )
        }
        try budget.spend(count, "tensor \(quoted(name))")
        let values = try Buffer<Float>(count: count)
        if count == 0 || tensor.isContiguous {
            let start = range.lowerBound + (count == 0 ? 0 : tensor.offset * size)
            storage.elementType.convert(source.view(start..<start + count * size), to: values.elements)
        } else {
            let gathered = try Buffer<UInt8>(count: count * size)
            defer { withExtendedLifetime(gathered) {} }
            gather(tensor, from: source.view(range), elementSize: size, into: gathered.elements)
            storage.elementType.convert(UnsafeBufferPointer(gathered.elements), to: values.elements)
        }
        return ImportedTensor(
            name: name, dimensions: tensor.sizes, values: values, elementType: storage.elementType, quantization: nil)
    }

    /// Counts through the indices, the last dimension fastest. Positions were checked by `lastIndex`.
    private func gather(
        _ tensor: PyTorchTensor, from storage: UnsafeBufferPointer<UInt8>, elementSize: Int,
        into bytes: UnsafeMutableBufferPointer<UInt8>
    ) {
        var indices = [Int](repeating: 0, count: tensor.sizes.count)
        var position = tensor.offset
        var target = 0
        while target < bytes.count {
            for byte in 0..<elementSize { bytes[target + byte] = storage[position * elementSize + byte] }
            target += elementSize
            var axis = indices.count - 1
            while axis >= 0 {
                indices[axis] += 1
                // Wrapping: the stride of a dimension of size 1 can be anything and is taken back below.
                position &+= tensor.strides[axis]
                if indices[axis] < tensor.sizes[axis] { break }
                position &-= indices[axis] &* tensor.strides[axis]
                indices[axis] = 0
                axis -= 1
            }
        }
    }
}

extension PyTorchTensor {
    /// The highest position in the storage that the view reaches; -1 for an empty view, nil when it does not fit.
    var lastIndex: Int? {
        guard !sizes.contains(0) else { return -1 }
        guard offset >= 0 else { return nil }
        var last = offset
        for (size, stride) in zip(sizes, strides) {
            // size · stride, one more than needed: gather steps that far before it turns back.
            let (reach, overflow) = size.multipliedReportingOverflow(by: stride)
            let (sum, carry) = last.addingReportingOverflow(reach - (overflow ? 0 : stride))
            guard !overflow, !carry, sum <= Int.max / 16 else { return nil }
            last = sum
        }
        return last
    }

    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(sizes, strides).reversed() {
            if size != 1, stride != expected { return false }
            expected *= size
        }
        return true
    }
}
