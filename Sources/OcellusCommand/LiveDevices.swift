// `ocellus live --list`: the cameras there are, with what they offer.
import Foundation
import OcellusCamera
import OcellusTensor

enum LiveDevices {
    private static let advice =
        "plug a camera in: 'ls -l /dev/video*' shows whether the system sees it, 'sudo dmesg | tail' what became of it"

    /// What was looked for, what was found, and what would help.
    static func none() -> OcellusError {
        let devices = CameraList.devices()
        guard !devices.isEmpty else {
            return OcellusError(
                code: .io, text: "no camera: looked for /dev/video0 and the like: found none: \(advice)")
        }
        // One reason is enough: most cameras have a second node without pictures.
        let reason = devices.lazy.compactMap(\.reason).first { $0.contains("permission") } ?? devices[0].reason ?? ""
        let paths = devices.map(\.path).joined(separator: ", ")
        return OcellusError(code: .io, text: "no camera that can be used among \(paths): \(reason)")
    }

    static func list() {
        let devices = CameraList.devices()
        if devices.isEmpty { Output.line("no camera: found no /dev/video0 or the like: \(advice)") }
        for device in devices {
            let name = device.card.isEmpty ? "" : "  \(printable(device.card)) (\(printable(device.driver)))"
            Output.line(printable(device.path) + name)
            if let reason = device.reason { Output.line("  not usable: \(printable(reason))") }
            for format in device.formats { show(format) }
        }
    }

    /// The format, then a line a size with its rates.
    private static func show(_ format: CameraDescription.Format) {
        Output.line(
            "  \(format.code)  \(printable(format.name))" + (format.isReadable ? "" : "  (cannot be read)"))
        for size in format.sizes {
            let rates = size.rates.map { $0 == $0.rounded() ? String(Int($0)) : String(format: "%.1f", $0) }
            Output.line(
                "    \(size.width)x\(size.height)" + (rates.isEmpty ? "" : "  \(rates.joined(separator: ", ")) fps"))
        }
    }
}
