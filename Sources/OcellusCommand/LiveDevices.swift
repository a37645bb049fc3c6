// `ocellus live --list`: the cameras there are, with what they offer.
import Foundation
import OcellusCamera

enum LiveDevices {
    static func list() {
        let devices = CameraList.devices()
        if devices.isEmpty {
            Output.line("no /dev/video device: is the camera plugged in? 'lsusb' and 'sudo dmesg | tail' may tell")
        }
        for device in devices {
            Output.line("\(printable(device.path))  \(printable(device.card))  (\(printable(device.driver)))")
            if let reason = device.reason { Output.line("  not usable: \(printable(reason))") }
            for format in device.formats { show(format) }
        }
    }

    private static func show(_ format: CameraDescription.Format) {
        let note = format.isNative ? "" : "  through libv4l"
        Output.line("  \(format.code)  \(printable(format.name))\(note)")
        for size in format.sizes {
            let rates = size.rates.map { $0 == $0.rounded() ? String(Int($0)) : String(format: "%.1f", $0) }
            Output.line(
                "    \(size.width)x\(size.height)" + (rates.isEmpty ? "" : "  \(rates.joined(separator: ", ")) fps"))
        }
    }
}
