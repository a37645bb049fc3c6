// The cameras that this system has, for people who choose one and for messages.
import CCamera
import OcellusTensor

/// A `/dev/video` node, and what it offers.
public struct CameraDescription: Sendable {
    /// A picture format of a node.
    public struct Format: Sendable {
        public let code: FourCC
        /// The driver's own words.
        public let name: String
        public let sizes: [Size]
        /// Whether the library can read it, by itself or with libjpeg-turbo or libv4l.
        public let isReadable: Bool
    }

    /// A size; a range of sizes that a driver offers is given by its smallest and its largest.
    public struct Size: Sendable {
        public let width: Int
        public let height: Int
        /// Frames a second, fastest first; empty when the driver does not say.
        public let rates: [Double]
    }

    public let path: String
    /// Empty when the node cannot be opened, as all that follows.
    public let card: String
    public let driver: String
    public let busInfo: String
    public let formats: [Format]
    /// Why `Camera` cannot read it, in a sentence; nil when it can.
    public let reason: String?

    /// Whether `Camera` can read it, as far as can be told without starting it.
    public var isUsable: Bool { reason == nil }
}

/// Looking around.
public enum CameraList {
    /// Every `/dev/video` node by number, also those of no use (with the reason, such as missing permission).
    public static func devices(system: CameraSystem = .linux) -> [CameraDescription] {
        devices(system, details: true)
    }

    /// `details`: sizes and rates too.
    static func devices(_ system: CameraSystem, details: Bool) -> [CameraDescription] {
        system.nodeNumbers().map { describe(nodePath($0), system, details) }
    }

    static func nodePath(_ number: Int) -> String { ErrorMessage.text("/dev/video\(number)") }

    private static func describe(_ path: String, _ system: CameraSystem, _ details: Bool) -> CameraDescription {
        do throws(OcellusError) {
            let device = try Device.open(path, system, isListing: true)
            defer { device.close() }
            let entries = device.unfitness == nil ? device.formats() : []
            var reason = device.unfitness.map { OcellusError(.unsupported, $0).message }
            if reason == nil, !entries.contains(where: { FrameLayout(FourCC($0.code)).cost != nil }) {
                reason = CameraFault.unreadable(device, entries).message
            }
            return CameraDescription(
                path: path, card: device.card, driver: text(device.capability.driver),
                busInfo: text(device.capability.bus_info),
                formats: entries.map { describe($0, device, details) }, reason: reason)
        } catch {
            return CameraDescription(
                path: path, card: "", driver: "", busInfo: "", formats: [], reason: error.message)
        }
    }

    private static func describe(
        _ entry: occ_format_entry, _ device: Device, _ details: Bool
    ) -> CameraDescription.Format {
        let code = FourCC(entry.code)
        var sizes: [CameraDescription.Size] = []
        for entry in details ? device.sizes(code) : [] {
            let ends = [
                (Int(entry.smallest_width), Int(entry.smallest_height)),
                (Int(entry.largest_width), Int(entry.largest_height)),
            ]
            for (width, height) in entry.is_range == 1 ? ends : [ends[0]] {
                sizes.append(
                    CameraDescription.Size(
                        width: width, height: height, rates: device.rates(code, width, height)))
            }
        }
        return CameraDescription.Format(
            code: code, name: text(entry.name), sizes: sizes, isReadable: FrameLayout(code).isReadable)
    }
}
