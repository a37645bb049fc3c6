// An annotated frame as JPEG, ready to be sent: built once, however many look at it.
import Foundation

/// One part of a multipart stream. `Data` shares its bytes, so that ten clients hold one picture.
struct PreviewPicture: Sendable {
    static let boundary = "ocellus-frame"
    /// What a stream begins with.
    static let opening = Data("--\(boundary)\r\n".utf8)

    /// Headers, picture, and the boundary behind it: browsers show a part when the next boundary is there.
    let part: Data
    private let picture: Range<Int>

    init(jpeg: [UInt8]) {
        var part = Data("Content-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n\r\n".utf8)
        let start = part.count
        part.append(contentsOf: jpeg)
        picture = start..<part.count
        part.append(contentsOf: "\r\n--\(PreviewPicture.boundary)\r\n".utf8)
        self.part = part
    }

    /// The picture alone.
    var jpeg: Data { part.subdata(in: picture) }
}
