// The seam between the camera and the operating system. Everything the camera does to a device goes through one table
// of functions; tests put a script in its place.
import CCamera
import CSystem
import OcellusTensor

/// The system calls of a camera: `occ_system` of CCamera, whose header says what each function has to do.
public typealias CameraSystem = occ_system

extension CameraSystem {
    /// The system calls of Linux.
    public static var linux: CameraSystem { occ_linux }

    var now: UInt64 { clock(context) }

    /// One request, again when a signal interrupted it; 0 or an errno value.
    func perform(_ kind: Int, _ file: Int32, _ argument: UnsafeMutableRawPointer) -> Int32 {
        while true {
            let error = request(context, file, Int32(kind), argument)
            if error != errno(OCC_EINTR) { return error }
        }
    }

    /// A request with its struct.
    func perform<Argument>(_ kind: Int, _ file: Int32, _ argument: inout Argument) -> Int32 {
        withUnsafeMutablePointer(to: &argument) { perform(kind, file, UnsafeMutableRawPointer($0)) }
    }

    /// A descriptor, or an errno value negated.
    func openDevice(_ path: String) -> Int32 {
        while true {
            let file = path.withCString { open(context, $0) }
            if file != -errno(OCC_EINTR) { return file }
        }
    }

    /// The numbers of the `/dev/video` nodes, ascending.
    func nodeNumbers() -> [Int] {
        var numbers = [Int32](repeating: 0, count: 256)
        let count = nodes(context, &numbers, Int32(numbers.count))
        return numbers.prefix(Int(count)).map { Int($0) }
    }
}

/// An errno value of CCamera's list; Swift imports the list as another integer type.
func errno(_ value: Int) -> Int32 { Int32(truncatingIfNeeded: value) }

/// What went wrong in the system's words.
func systemText(_ error: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    return String(cString: ocs_error_text(error, &text, text.count))
}

/// A text of fixed size inside an imported struct: its bytes up to the first zero.
func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Whether two such texts are the same. Not `==` on strings, which needs Unicode tables.
func same<Characters>(_ first: Characters, _ second: Characters) -> Bool {
    withUnsafeBytes(of: first) { first in
        withUnsafeBytes(of: second) { second in first.elementsEqual(second) }
    }
}
