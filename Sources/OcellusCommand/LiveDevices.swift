// `ocellus live --list`: the cameras there are.

enum LiveDevices {
    static func list() {}
}
