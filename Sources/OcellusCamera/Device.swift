// An open /dev/video node: what it says of itself and what it offers. It does not stream; `Stream` does.
import CCamera
import OcellusTensor

/// A node that answered. Whoever opened it closes it.
struct Device {
    let system: CameraSystem
    let path: String
    let file: Int32
    let capability: occ_capability

    /// Throws `.io` with what to do about it. The node may be one that gives no pictures.
    static func open(
        _ path: String, _ system: CameraSystem, isListing: Bool = false
    ) throws(OcellusError) -> Device {
        let file = system.openDevice(path)
        guard file >= 0 else { throw CameraFault.cannotOpen(path, -file, system, isListing: isListing) }
        var capability = occ_capability()
        let error = system.perform(OCC_QUERY_CAPABILITY, file, &capability)
        guard error == 0 else {
            system.close(system.context, file)
            throw error == errno(OCC_ENOTTY)
                ? OcellusError(.io, "\(path) is no video device: cameras are /dev/video0 and the like")
                : CameraFault.cannotOpen(path, error, system, isListing: isListing)
        }
        return Device(system: system, path: path, file: file, capability: capability)
    }

    func close() { system.close(system.context, file) }

    var card: String { text(capability.card) }

    /// Why it gives no pictures, or nil.
    var unfitness: ErrorMessage? {
        if capability.captures == 1 {
            return capability.streams == 1 ? nil : "it does not stream into mapped memory"
        }
        if capability.metadata == 1 {
            return "it gives data about pictures, not pictures: the camera has another node for those"
        }
        return "it is no capture device"
    }

    /// The formats in the driver's order; at most 256.
    func formats() -> [occ_format_entry] {
        var found: [occ_format_entry] = []
        for index in 0..<256 as Range<UInt32> {
            var entry = occ_format_entry()
            entry.multiplanar = capability.multiplanar
            entry.index = index
            guard system.perform(OCC_ENUMERATE_FORMAT, file, &entry) == 0 else { break }
            found.append(entry)
        }
        return found
    }

    /// The sizes of a format in the driver's order; empty when it does not say.
    func sizes(_ code: FourCC) -> [occ_size_entry] {
        var found: [occ_size_entry] = []
        for index in 0..<256 as Range<UInt32> {
            var entry = occ_size_entry()
            entry.index = index
            entry.code = code.code
            guard system.perform(OCC_ENUMERATE_SIZE, file, &entry) == 0 else { break }
            found.append(entry)
            if entry.is_range == 1 { break }
        }
        return found
    }

    /// Frames a second that a format has at a size, fastest first; empty when the driver does not say.
    func rates(_ code: FourCC, _ width: Int, _ height: Int) -> [Double] {
        var found: [Double] = []
        for index in 0..<64 as Range<UInt32> {
            var entry = occ_interval_entry()
            entry.index = index
            entry.code = code.code
            entry.width = UInt32(width)
            entry.height = UInt32(height)
            guard system.perform(OCC_ENUMERATE_INTERVAL, file, &entry) == 0 else { break }
            if entry.shortest_numerator > 0 {
                found.append(Double(entry.shortest_denominator) / Double(entry.shortest_numerator))
            }
            guard entry.is_range == 1 else { continue }
            if entry.longest_numerator > 0 {
                found.append(Double(entry.longest_denominator) / Double(entry.longest_numerator))
            }
            break
        }
        return found.sorted(by: >)
    }
}
