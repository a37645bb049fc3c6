// What can be wrong with a camera before it streams, in sentences that say what to do.
import CCamera
import OcellusTensor

enum CameraFault {
    /// The error for a node that cannot be opened or used. `isListing`: the list of devices is being made, so that a
    /// message cannot contain it.
    static func cannotOpen(
        _ path: String, _ error: Int32, _ system: CameraSystem, isListing: Bool
    ) -> OcellusError {
        switch Int(error) {
        case OCC_ENOENT:
            return isListing ? OcellusError(.io, "there is no \(path) any more") : missing(path, system)
        case OCC_EACCES, OCC_EPERM: return forbidden(path, system)
        case OCC_EBUSY: return busy(path)
        case OCC_ENODEV, OCC_ENXIO:
            return OcellusError(.io, "\(path): the camera is not there any more: plug it in again")
        case OCC_ENOTTY: return OcellusError(.io, "\(path) is no device: cameras are /dev/video0 and the like")
        case OCC_ENOMEM: return OcellusError(.outOfMemory, "cannot use \(path): \(systemText(error))")
        default: return OcellusError(.io, "cannot use \(path): \(systemText(error))")
        }
    }

    private static func missing(_ path: String, _ system: CameraSystem) -> OcellusError {
        var message: ErrorMessage = "there is no \(path)"
        var count = 0
        for device in CameraList.devices(system, details: false) where device.isUsable {
            message = message + (count == 0 ? ": cameras of this system: " : ", ")
            message = message + "\(device.path) (\(device.card))"
            count += 1
        }
        return OcellusError(.io, count == 0 ? message + ". " + noCameraHint : message)
    }

    /// The error for a system without any camera.
    static func none() -> OcellusError { OcellusError(.io, noCameraHint) }

    private static var noCameraHint: ErrorMessage {
        "This system has no camera: plug one in, and see with `ls /dev/video*` that it appears; "
            + "a container must be given the device"
    }

    private static func forbidden(_ path: String, _ system: CameraSystem) -> OcellusError {
        var name = [CChar](repeating: 0, count: 64)
        var isMember: Int32 = 0
        let error = path.withCString { system.group(system.context, $0, &name, name.count, &isMember) }
        guard error == 0, isMember == 0 else {
            return OcellusError(.io, "no permission to use \(path): see `ls -l \(path)`, or run as root")
        }
        let group = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        return OcellusError(
            .io,
            "no permission to use \(path): it belongs to the group \(group), which you are not in: "
                + "run `sudo usermod -aG \(group) $USER` and log in again")
    }

    static func busy(_ path: String) -> OcellusError {
        OcellusError(
            .io, "\(path) is in use by another program: close that (`fuser -v \(path)` shows which it is)")
    }

    /// The error for a node none of whose formats can be read.
    static func unreadable(_ device: Device, _ formats: [occ_format_entry]) -> OcellusError {
        let hasMosaic = formats.contains { FrameLayout(FourCC($0.code)) == .mosaic }
        if hasMosaic {
            return OcellusError(
                .unsupported,
                "\(device.path) (\(device.card)) gives raw values of a Bayer sensor, which libcamera develops: "
                    + "pipe pictures in, as `rpicam-vid -t 0 -n --codec mjpeg -o - | ocellus live -` does")
        }
        return OcellusError(
            .unsupported,
            "\(device.path) (\(device.card)) offers no format that can be read: " + list(formats))
    }

    /// The error for a format that was asked for by name.
    static func lacks(_ format: FourCC, _ device: Device, _ formats: [occ_format_entry]) -> OcellusError {
        OcellusError(
            .unsupported,
            "\(device.path) (\(device.card)) does not give \(format) pictures: it offers " + list(formats))
    }

    private static func list(_ formats: [occ_format_entry]) -> ErrorMessage {
        if formats.isEmpty { return "none" }
        var message: ErrorMessage = ""
        for (index, entry) in formats.enumerated() {
            message = message + (index == 0 ? "" : ", ") + "\(FourCC(entry.code))"
            if index == 23, formats.count > 24 { return message + " and \(formats.count - 24) more" }
        }
        return message
    }

    /// The error for a request that failed while streaming was set up.
    static func cannotStart(_ device: Device, _ step: ErrorMessage, _ error: Int32) -> OcellusError {
        switch Int(error) {
        case OCC_EBUSY: return busy(device.path)
        case OCC_ENOSPC:
            return OcellusError(
                .io,
                "\(device.path) (\(device.card)): the USB bus has no room for this stream: take a smaller size, "
                    + "fewer frames a second, the format MJPG, or another port")
        case OCC_ENODEV:
            return OcellusError(.io, "\(device.path): the camera is not there any more: plug it in again")
        default:
            return OcellusError(
                .io, "\(device.path) (\(device.card)): cannot " + step + ": \(systemText(error)): plug it in again")
        }
    }
}
