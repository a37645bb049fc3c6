// The mapped buffers of a device that streams: taken out of the driver's queue and put back.
import CCamera
import OcellusTensor

/// A stream and its memory, which outlives the stream as long as frames are in use.
final class Stream {
    let format: FrameFormat
    let framesPerSecond: Double
    let converter: FrameConverter
    /// How many buffers there are, and how many of them the driver has.
    let count: Int
    private(set) var inDriver = 0
    private let device: Device
    private let memory: Buffer<Mapping>
    private var isOpen = true
    /// When it was started.
    private var start: UInt64 = 0
    /// Bits of buffers that the driver did not take back.
    private var stray: UInt32 = 0

    private struct Mapping {
        var start: UnsafeMutableRawPointer?
        var length: Int
    }

    /// What a look into the driver's queue gave.
    enum Taken {
        case nothing
        /// Given back already; the driver's number.
        case damaged(UInt32)
        case old(UInt32)
        case frame(occ_buffer)
        case failed(Int32)
    }

    /// Sets the device up and starts it. The stream owns the device from the beginning of this call on.
    static func start(_ device: Device, _ options: CameraOptions) throws(OcellusError) -> Stream {
        var stream: Stream?
        do throws(OcellusError) {
            let agreed = try device.agree(options)
            let format = FrameFormat(
                code: FourCC(agreed.format.code), width: Int(agreed.format.width),
                height: Int(agreed.format.height), bytesPerLine: Int(agreed.format.bytes_per_line),
                isFullRange: agreed.format.full_range == 1)
            let converter = try FrameConverter(format)
            var request = occ_buffer()
            request.multiplanar = device.capability.multiplanar
            request.index = UInt32(options.buffers)
            let error = device.system.perform(OCC_REQUEST_BUFFERS, device.file, &request)
            guard error == 0 else { throw CameraFault.cannotStart(device, "get buffers", error) }
            guard 1...32 ~= request.index else {
                throw OcellusError(.io, "\(device.path): the driver gives \(request.index) buffers: expected 1 to 32")
            }
            let memory = try Buffer<Mapping>(count: Int(request.index))
            let started = Stream(device, format, agreed.framesPerSecond, converter, memory)
            stream = started
            try started.map()
            try started.begin()
            return started
        } catch {
            if let stream { stream.stop() } else { device.close() }
            throw error
        }
    }

    private init(
        _ device: Device, _ format: FrameFormat, _ framesPerSecond: Double, _ converter: FrameConverter,
        _ memory: Buffer<Mapping>
    ) {
        self.device = device
        self.format = format
        self.framesPerSecond = framesPerSecond
        self.converter = converter
        self.memory = memory
        count = memory.count
    }

    deinit {
        stop()
        for mapping in memory.elements {
            if let start = mapping.start { device.system.unmap(device.system.context, start, mapping.length) }
        }
    }

    private func map() throws(OcellusError) {
        let system = device.system
        for index in 0..<count {
            var buffer = buffer(index)
            let error = system.perform(OCC_QUERY_BUFFER, device.file, &buffer)
            guard error == 0 else { throw CameraFault.cannotStart(device, "ask for a buffer", error) }
            let length = Int(buffer.length)
            guard length >= converter.frameBytes ?? 1 else {
                throw OcellusError(
                    .io, "\(device.path): the driver's buffers have \(length) bytes: too few for a \(format.code) frame"
                )
            }
            guard let start = system.map(system.context, device.file, length, buffer.offset) else {
                throw OcellusError(.outOfMemory, "\(device.path): cannot map a buffer of \(length) bytes")
            }
            memory.pointer[index] = Mapping(start: start, length: length)
        }
    }

    private func begin() throws(OcellusError) {
        for index in 0..<count {
            let error = queue(index)
            guard error == 0 else { throw CameraFault.cannotStart(device, "queue a buffer", error) }
        }
        start = device.system.now
        var type = buffer(0)
        let error = device.system.perform(OCC_STREAM_ON, device.file, &type)
        guard error == 0 else { throw CameraFault.cannotStart(device, "start the stream", error) }
    }

    /// Ends the stream and gives the device back. Mapped memory stays until the last frame is gone; releasing the
    /// driver's buffers before lets another program, or this one, set up a new stream at once.
    func stop() {
        guard isOpen else { return }
        isOpen = false
        var request = buffer(0)
        _ = device.system.perform(OCC_STREAM_OFF, device.file, &request)
        request = buffer(0)
        _ = device.system.perform(OCC_REQUEST_BUFFERS, device.file, &request)
        device.close()
    }

    var file: Int32 { device.file }

    /// Takes one buffer out of the driver's queue, without waiting. Damaged ones are given back at once, and those that
    /// are older than the stream: a loopback device whose writer died shows its last frame to every new reader.
    func take() -> Taken {
        var buffer = buffer(0)
        let error = device.system.perform(OCC_DEQUEUE_BUFFER, device.file, &buffer)
        if error == errno(OCC_EAGAIN) { return .nothing }
        guard error == 0 else { return .failed(error) }
        guard buffer.index < count else { return .failed(errno(OCC_EIO)) }
        inDriver -= 1
        guard isWhole(buffer) else {
            giveBack(Int(buffer.index))
            return .damaged(buffer.sequence)
        }
        guard !isOld(buffer) else {
            giveBack(Int(buffer.index))
            return .old(buffer.sequence)
        }
        return .frame(buffer)
    }

    /// Half a second is for drivers whose clocks are not exactly the system's.
    private func isOld(_ buffer: occ_buffer) -> Bool {
        buffer.is_monotonic == 1 && buffer.timestamp > 0 && buffer.timestamp &+ 500_000_000 < start
    }

    /// The bytes of a buffer that `take` gave.
    func bytes(_ buffer: occ_buffer) -> UnsafeRawBufferPointer {
        let mapping = memory.pointer[Int(buffer.index)]
        let first = min(Int(buffer.data_start), mapping.length)
        return UnsafeRawBufferPointer(
            start: mapping.start! + first, count: min(Int(buffer.bytes_used), mapping.length - first))
    }

    private func isWhole(_ buffer: occ_buffer) -> Bool {
        guard buffer.is_damaged == 0 else { return false }
        let bytes = bytes(buffer)
        guard bytes.count >= converter.frameBytes ?? 4 else { return false }
        return converter.layout != .jpeg || (bytes[0] == 0xFF && bytes[1] == 0xD8)
    }

    /// Gives a buffer to the driver. One that it refuses is offered again by `offerStrays`.
    func giveBack(_ index: Int) {
        guard isOpen else { return }
        if queue(index) != 0 { stray |= 1 << UInt32(index) }
    }

    /// Offers what the driver refused before; an errno value when it refuses again.
    func offerStrays() -> Int32 {
        while stray != 0 {
            let index = stray.trailingZeroBitCount
            let error = queue(index)
            guard error == 0 else { return error }
            stray &= ~(1 << UInt32(index))
        }
        return 0
    }

    private func queue(_ index: Int) -> Int32 {
        var buffer = buffer(index)
        let error = device.system.perform(OCC_QUEUE_BUFFER, device.file, &buffer)
        if error == 0 { inDriver += 1 }
        return error
    }

    private func buffer(_ index: Int) -> occ_buffer {
        var buffer = occ_buffer()
        buffer.multiplanar = device.capability.multiplanar
        buffer.index = UInt32(index)
        return buffer
    }
}
