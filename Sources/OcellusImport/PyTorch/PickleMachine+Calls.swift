// The calls a state_dict makes: an ordered dictionary, a tensor from a storage, a parameter from a tensor, and the
// reference to a storage. Each checks what it is given; anything else is refused.
import OcellusNetwork
import OcellusTensor

extension PickleMachine {
    /// REDUCE: a known object called with a tuple.
    mutating func call() throws(OcellusError) {
        let arguments = try items(of: try pop(), .tuple)
        guard case .global(let global) = try pop() else {
            throw failure("expected a call of a known Python object, found something else")
        }
        switch global {
        case .orderedDictionary:
            try pushDictionary(arguments)
        case .rebuildTensor:
            stack.append(.tensor(tensors.count))
            tensors.append(try tensor(arguments))
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor = first else {
                throw failure("expected a parameter made of a tensor, found something else")
            }
            stack.append(first)
        case .storage:
            throw failure("expected a storage to be named, found it called")
        }
    }

    /// BUILD: attributes for an object. A state_dict carries `_metadata` this way; nobody here needs it.
    mutating func build() throws(OcellusError) {
        _ = try pop()
        switch try top() {
        case .container, .tensor: break
        default: throw failure("expected attributes for a dictionary, found something else")
        }
    }

    /// BINPERSID: ('storage', type, key, device, number of elements[, no view]).
    mutating func pushPersistent() throws(OcellusError) {
        let parts = try items(of: try pop(), .tuple)
        guard parts.count >= 5, case .text(let kind) = parts[0], isText(kind, "storage"),
            case .global(.storage(let elementType)) = parts[1], case .text(let key) = parts[2],
            case .integer(let count) = parts[4], count >= 0
        else { throw failure("expected a reference to a storage, found something else") }
        if parts.count > 5 {
            guard case .none = parts[5] else {
                throw source.unsupported(
                    "a storage is a view of another one, as before PyTorch 0.4; save it again with a newer PyTorch"
                )
            }
        }
        guard key.count <= 64 else { throw failure("expected a storage key of at most 64 bytes, found \(key.count)") }
        stack.append(.storage(storages.count))
        storages.append(PyTorchStorage(elementType: elementType, key: source.array(key), count: count))
    }

    func isText(_ range: Range<Int>, _ text: String) -> Bool { source.bytes[range].elementsEqual(text.utf8) }

    /// The items of a container of this kind; throws for anything else.
    func items(of value: PickleValue, _ kind: PickleContainer.Kind) throws(OcellusError) -> [PickleValue] {
        guard case .container(let index) = value, containers[index].kind == kind else {
            throw failure("expected a \(kind), found something else")
        }
        return containers[index].items
    }

    /// `OrderedDict()` or `OrderedDict([(key, value), ...])`.
    private mutating func pushDictionary(_ arguments: [PickleValue]) throws(OcellusError) {
        var entries: [PickleValue] = []
        if let first = arguments.first {
            for pair in try items(of: first, .list) {
                // CPython 2 wrote lists of two, CPython 3 writes tuples.
                guard case .container(let index) = pair, containers[index].kind != .dictionary,
                    containers[index].items.count == 2
                else { throw failure("expected pairs of key and value, found something else") }
                entries += containers[index].items
            }
        }
        // The one place that copies items: a list can be recalled from the memo for every call.
        copiedItems += entries.count
        guard copiedItems <= PickleMachine.opcodeLimit else {
            throw failure("expected dictionaries of at most \(PickleMachine.opcodeLimit) items, found more")
        }
        push(.dictionary, entries)
    }

    /// (storage, offset, sizes, strides, requires gradient, hooks[, metadata])
    private func tensor(_ arguments: [PickleValue]) throws(OcellusError) -> PyTorchTensor {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1]
        else { throw failure("expected a tensor made of a storage and an offset, found something else") }
        return PyTorchTensor(
            storage: storage, offset: offset, sizes: try integers(arguments[2]), strides: try integers(arguments[3]))
    }

    private func integers(_ value: PickleValue) throws(OcellusError) -> [Int] {
        let items = try items(of: value, .tuple)
        guard items.count <= 8 else { throw failure("expected at most 8 dimensions, found \(items.count)") }
        var numbers: [Int] = []
        for item in items {
            guard case .integer(let number) = item, number >= 0 else {
                throw failure("expected sizes and strides that are not negative, found something else")
            }
            numbers.append(number)
        }
        return numbers
    }
}
