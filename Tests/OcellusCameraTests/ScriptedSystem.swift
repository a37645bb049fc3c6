// Cameras that exist only in memory, with a clock that moves when somebody waits: hours of faults in milliseconds.
// Nodes behave as those of a real kernel do (Tests/CameraVM); what goes wrong and when is up to each test.
import CCamera
import Foundation

@testable import OcellusCamera

/// A `/dev/video` node of the script.
final class ScriptedNode {
    var card: String
    var bus = "usb-1"
    var captures = true
    var metadata = false
    /// Formats with their sizes; frames a second for each size.
    var formats: [(code: FourCC, sizes: [(width: Int, height: Int, rate: Double)])]
    var bytesPerLine = 0
    /// What the node is given by a writer: nothing, when it is silent.
    var isSilent = false

    init(_ card: String, _ formats: [(FourCC, [(Int, Int, Double)])] = [(.yuyv, [(64, 48, 30)])]) {
        self.card = card
        self.formats = formats.map { (code: $0.0, sizes: $0.1.map { (width: $0.0, height: $0.1, rate: $0.2) }) }
    }
}

/// What may be wrong with a frame.
enum FrameFault { case flagged, empty, short, wrongIndex }

/// The script: nodes, one stream at a time, faults to come.
final class ScriptedSystem {
    var nodes: [String: ScriptedNode]
    var now: UInt64 = 1_000_000_000_000
    /// Errors for the next calls of a request, first come first served.
    var errors: [Int: [Int]] = [:]
    var openErrors: [String: Int] = [:]
    var waitErrors: [Int] = []
    var group = (name: "video", isMember: false)
    /// Poll reports an error until the node is opened again.
    var isBroken = false
    /// Faults by the number of the frame since the start.
    var faults: [Int: FrameFault] = [:]
    /// The time of a frame that is there as soon as the stream begins.
    var leftOver: UInt64?
    /// Poll says that there is a frame, always.
    var claimsFrames = false
    /// Called when somebody waits.
    var onWait: (() -> Void)?

    // What the tests look at.
    var openings: [UInt64] = []
    var openFiles = 0
    var mapped = 0
    var made = 0
    var granted = 4
    var jpeg: [UInt8] = []

    private var files: [Int32: String] = [:]
    private var nextFile: Int32 = 1000
    private(set) var chosen = occ_format()
    private var rate = 30.0
    private var isOn = false
    // The node that streams, kept at hand: this script must not allocate either.
    private var streaming: (path: String, node: ScriptedNode)?
    private let queued = Ring<UInt32>()
    private let filled = Ring<occ_buffer>()
    private var buffers: [UnsafeMutableRawPointer?] = []
    private var sequence: UInt32 = 0
    private var due: UInt64 = 0

    init(_ nodes: [String: ScriptedNode] = ["/dev/video0": ScriptedNode("Script")]) {
        self.nodes = nodes
    }

    var frameBytes: Int { Int(chosen.image_size) }
    var interval: UInt64 { UInt64(1e9 / rate) }

    /// The table of functions. The script must outlive it.
    var system: CameraSystem {
        var system = CameraSystem()
        system.context = Unmanaged.passUnretained(self).toOpaque()
        system.open = { context, path in script(context).open(String(cString: path!)) }
        system.close = { context, file in script(context).close(file) }
        system.request = { script($0).request($1, Int($2), $3!) }
        system.map = { script($0).map($2, Int($3)) }
        system.unmap = { context, memory, _ in script(context).unmap(memory!) }
        system.wait = { script($0).wait($1, $2, $3, $4!) }
        system.clock = { script($0).now }
        system.nodes = { script($0).numbers($1!, Int($2)) }
        system.group = { script($0).group($1!, $2!, $3, $4!) }
        return system
    }

    private func open(_ path: String) -> Int32 {
        openings.append(now)
        if let error = openErrors[path] {
            if error == OCC_EINTR { openErrors[path] = nil }
            return -Int32(error)
        }
        guard nodes[path] != nil else { return -Int32(OCC_ENOENT) }
        nextFile += 1
        files[nextFile] = path
        openFiles += 1
        return nextFile
    }

    private func close(_ file: Int32) {
        precondition(files.removeValue(forKey: file) != nil, "closed twice")
        openFiles -= 1
    }

    private func map(_ length: Int, _ offset: Int) -> UnsafeMutableRawPointer? {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: length, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 16, count: length)
        buffers[offset] = memory
        mapped += 1
        return memory
    }

    private func unmap(_ memory: UnsafeMutableRawPointer) {
        memory.deallocate()
        mapped -= 1
    }

    private func numbers(_ numbers: UnsafeMutablePointer<Int32>, _ capacity: Int) -> Int32 {
        let found = nodes.keys.compactMap { Int32($0.dropFirst("/dev/video".count)) }.sorted().prefix(capacity)
        for (index, number) in found.enumerated() { numbers[index] = number }
        return Int32(found.count)
    }

    private func group(
        _ path: UnsafePointer<CChar>, _ name: UnsafeMutablePointer<CChar>, _ size: Int,
        _ isMember: UnsafeMutablePointer<Int32>
    ) -> Int32 {
        strncpy(name, group.name, size - 1)
        isMember.pointee = group.isMember ? 1 : 0
        return 0
    }

    private func wait(
        _ file: Int32, _ waker: Int32, _ milliseconds: Int32, _ events: UnsafeMutablePointer<UInt32>
    ) -> Int32 {
        events.pointee = 0
        onWait?()
        var watched = pollfd(fd: waker, events: Int16(POLLIN), revents: 0)
        if poll(&watched, 1, 0) == 1 {
            events.pointee = UInt32(OCC_WOKEN)
            return 0
        }
        if !waitErrors.isEmpty { return Int32(waitErrors.removeFirst()) }
        if file >= 0, isBroken || !isThere {
            events.pointee = UInt32(OCC_BROKEN)
            return 0
        }
        precondition(milliseconds >= 0 || file >= 0, "waits for ever for nothing")
        let end = milliseconds < 0 ? UInt64.max : now + UInt64(milliseconds) * 1_000_000
        fill()
        if file >= 0, filled.isEmpty, isOn, streaming?.node.isSilent == false, !queued.isEmpty, due <= end {
            now = due
            fill()
        }
        if file >= 0, !filled.isEmpty || claimsFrames {
            events.pointee = UInt32(OCC_READABLE)
        } else {
            precondition(end != .max, "would hang")
            now = end
        }
        return 0
    }

    private var isThere: Bool {
        guard let streaming else { return false }
        return nodes[streaming.path] != nil
    }

    /// Frames that were due until now.
    func fill() {
        guard isOn, let node = streaming?.node, !node.isSilent else { return }
        while due <= now {
            if !queued.isEmpty {
                var buffer = occ_buffer()
                buffer.index = queued.removeFirst()
                buffer.bytes_used = chosen.image_size
                buffer.sequence = sequence
                buffer.is_monotonic = 1
                buffer.timestamp = due
                if !jpeg.isEmpty { buffer.bytes_used = copyJPEG(Int(buffer.index)) }
                spoil(&buffer)
                filled.append(buffer)
            }
            sequence += 1
            made += 1
            due += interval
        }
    }

    private func copyJPEG(_ index: Int) -> UInt32 {
        buffers[index]!.copyMemory(from: jpeg, byteCount: jpeg.count)
        return UInt32(jpeg.count)
    }

    private func spoil(_ buffer: inout occ_buffer) {
        guard !faults.isEmpty, let fault = faults[made] else { return }
        switch fault {
        case .flagged: buffer.is_damaged = 1
        case .empty: buffer.bytes_used = 0
        case .short: buffer.bytes_used -= 1
        case .wrongIndex: buffer.index = 77
        }
    }
}

/// A queue of at most 64 that never allocates, also where nothing is optimised.
private final class Ring<Element> {
    private let memory = UnsafeMutablePointer<Element>.allocate(capacity: 64)
    private var first = 0
    private(set) var count = 0
    var isEmpty: Bool { count == 0 }

    deinit { memory.deallocate() }

    func append(_ element: Element) {
        precondition(count < 64)
        (memory + (first + count) % 64).initialize(to: element)
        count += 1
    }

    func removeFirst() -> Element {
        precondition(count > 0)
        defer {
            first = (first + 1) % 64
            count -= 1
        }
        return memory[first]
    }

    func removeAll() { count = 0 }
}

private func script(_ context: UnsafeMutableRawPointer?) -> ScriptedSystem {
    Unmanaged<ScriptedSystem>.fromOpaque(context!).takeUnretainedValue()
}

// The requests of a node.
extension ScriptedSystem {
    fileprivate func request(_ file: Int32, _ kind: Int, _ argument: UnsafeMutableRawPointer) -> Int32 {
        if !errors.isEmpty, var list = errors[kind], !list.isEmpty {
            let error = list.removeFirst()
            errors[kind] = list.isEmpty ? nil : list
            return Int32(error)
        }
        guard let path = files[file], let node = nodes[path] else { return Int32(OCC_ENODEV) }
        if kind == OCC_STREAM_ON { streaming = (path, node) }
        return Int32(answer(node, kind, argument))
    }

    private func answer(_ node: ScriptedNode, _ kind: Int, _ argument: UnsafeMutableRawPointer) -> Int {
        switch kind {
        case OCC_QUERY_CAPABILITY: return describe(node, argument.assumingMemoryBound(to: occ_capability.self))
        case OCC_ENUMERATE_FORMAT:
            let entry = argument.assumingMemoryBound(to: occ_format_entry.self)
            guard entry.pointee.index < node.formats.count else { return OCC_EINVAL }
            entry.pointee.code = node.formats[Int(entry.pointee.index)].code.code
        case OCC_ENUMERATE_SIZE:
            let entry = argument.assumingMemoryBound(to: occ_size_entry.self)
            let sizes = node.formats.first { $0.code.code == entry.pointee.code }?.sizes ?? []
            guard entry.pointee.index < sizes.count else { return OCC_EINVAL }
            let size = sizes[Int(entry.pointee.index)]
            entry.pointee.smallest_width = UInt32(size.width)
            entry.pointee.largest_width = UInt32(size.width)
            entry.pointee.smallest_height = UInt32(size.height)
            entry.pointee.largest_height = UInt32(size.height)
        case OCC_ENUMERATE_INTERVAL:
            let entry = argument.assumingMemoryBound(to: occ_interval_entry.self)
            let sizes = node.formats.first { $0.code.code == entry.pointee.code }?.sizes ?? []
            let size = sizes.first { $0.width == entry.pointee.width && $0.height == entry.pointee.height }
            guard let size, entry.pointee.index == 0 else { return OCC_EINVAL }
            entry.pointee.shortest_numerator = 1000
            entry.pointee.shortest_denominator = UInt32(size.rate * 1000)
        case OCC_SET_FORMAT: return setFormat(node, argument.assumingMemoryBound(to: occ_format.self))
        case OCC_GET_INTERVAL, OCC_SET_INTERVAL:
            let interval = argument.assumingMemoryBound(to: occ_interval.self)
            interval.pointee.numerator = 1000
            interval.pointee.denominator = UInt32(rate * 1000)
        default: return stream(kind, argument.assumingMemoryBound(to: occ_buffer.self))
        }
        return 0
    }

    private func stream(_ kind: Int, _ buffer: UnsafeMutablePointer<occ_buffer>) -> Int {
        switch kind {
        case OCC_REQUEST_BUFFERS:
            if buffer.pointee.index > 0 { buffer.pointee.index = UInt32(granted) }
            buffers = Array(repeating: nil, count: Int(buffer.pointee.index))
            queued.removeAll()
            filled.removeAll()
        case OCC_QUERY_BUFFER:
            buffer.pointee.length = max(chosen.image_size, UInt32(jpeg.count))
            buffer.pointee.offset = buffer.pointee.index
        case OCC_QUEUE_BUFFER:
            fill()
            precondition(queued.count + filled.count < granted, "queued twice")
            queued.append(buffer.pointee.index)
        case OCC_DEQUEUE_BUFFER:
            if isBroken { return OCC_EAGAIN }
            fill()
            guard !filled.isEmpty else { return OCC_EAGAIN }
            buffer.pointee = filled.removeFirst()
        case OCC_STREAM_ON:
            isOn = true
            isBroken = false
            sequence = 0
            due = now + interval
            if let leftOver {
                var buffer = occ_buffer()
                buffer.index = queued.removeFirst()
                buffer.bytes_used = chosen.image_size
                buffer.is_monotonic = 1
                buffer.timestamp = leftOver
                filled.append(buffer)
            }
        case OCC_STREAM_OFF:
            isOn = false
        default: return OCC_ENOTTY
        }
        return 0
    }

    private func describe(_ node: ScriptedNode, _ capability: UnsafeMutablePointer<occ_capability>) -> Int {
        func put<Field>(_ text: String, _ field: inout Field) {
            withUnsafeMutableBytes(of: &field) { $0.copyBytes(from: text.utf8.prefix($0.count - 1)) }
        }
        capability.pointee = occ_capability()
        put("script", &capability.pointee.driver)
        put(node.card, &capability.pointee.card)
        put(node.bus, &capability.pointee.bus_info)
        capability.pointee.captures = node.captures ? 1 : 0
        capability.pointee.metadata = node.metadata ? 1 : 0
        capability.pointee.streams = 1
        return 0
    }

    private func setFormat(_ node: ScriptedNode, _ format: UnsafeMutablePointer<occ_format>) -> Int {
        // Drivers answer a format that they do not have with one that they have.
        let entry = node.formats.first { $0.code.code == format.pointee.code } ?? node.formats[0]
        let size =
            entry.sizes.first { $0.width == format.pointee.width && $0.height == format.pointee.height }
            ?? entry.sizes[0]
        format.pointee.code = entry.code.code
        format.pointee.width = UInt32(size.width)
        format.pointee.height = UInt32(size.height)
        format.pointee.planes = 1
        format.pointee.bytes_per_line = UInt32(node.bytesPerLine)
        rate = size.rate
        let probe = FrameFormat(
            code: entry.code, width: size.width, height: size.height, bytesPerLine: node.bytesPerLine)
        let converter = try? FrameConverter(probe)
        format.pointee.image_size = UInt32(converter?.frameBytes ?? size.width * size.height * 2)
        chosen = format.pointee
        return 0
    }
}
