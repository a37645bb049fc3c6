// The body of /stream: parts of a multipart answer without an end.
import FlyingSocks
import Foundation

/// Gives the server the opening boundary and then each newest picture.
struct PreviewStream: AsyncBufferedSequence {
    typealias Element = UInt8

    let pictures: AsyncStream<PreviewPicture>

    func makeAsyncIterator() -> Iterator { Iterator(pictures: pictures.makeAsyncIterator()) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        private var pictures: AsyncStream<PreviewPicture>.Iterator
        private var isOpened = false

        init(pictures: AsyncStream<PreviewPicture>.Iterator) { self.pictures = pictures }

        /// The server asks for buffers, never for bytes.
        mutating func next() async throws -> UInt8? { nil }

        /// A whole part, however large: pieces would only cost more writes.
        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            guard isOpened else {
                isOpened = true
                return PreviewPicture.opening
            }
            return await pictures.next()?.part
        }
    }
}
