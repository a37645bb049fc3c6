// Pictures in memory for training: decoded once, at the size they are needed in, and kept while there is room.
// Thread-safe. What comes out does not depend on what was kept: only how long it takes does.
import CDataKernels
import OcellusFiles
import OcellusImage
import OcellusTensor
import Synchronization

/// Decoded pictures by path and reduction, within a number of bytes.
public final class PictureStore: Sendable {
    /// A picture that nobody writes to any more.
    public final class Picture: @unchecked Sendable, Equatable {
        public let image: RGBImage

        public init(_ image: RGBImage) { self.image = image }

        /// Whether they are one and the same; equal pixels elsewhere are another picture.
        public static func == (one: Picture, other: Picture) -> Bool { one === other }
    }

    /// Pictures are kept reduced by 1, 2, 4 and 8.
    public static let mostHalvings = 3

    private struct Key: Hashable {
        let path: String
        let halvings: Int
    }

    private struct Shelf {
        var pictures: [Key: Picture] = [:]
        /// In order of arrival from `first` on; what came first goes first. Training asks at random, so that the last
        /// use says nothing about the next.
        var order: [Key] = []
        var first = 0
        var bytes = 0
        var sizes: [String: PixelSize] = [:]
    }

    private let byteLimit: Int
    private let shelf = Mutex(Shelf())

    /// Keeps at most `byteLimit` bytes of pixels; 0 keeps nothing. A 320x240 picture takes 230 KB.
    public init(byteLimit: Int = 128 << 20) { self.byteLimit = byteLimit }

    /// The full size of a picture, from its header. Throws as `LabelledPicture.size`.
    public func size(_ picture: LabelledPicture) throws(OcellusError) -> PixelSize {
        if let known = shelf.withLock({ $0.sizes[picture.path] }) { return known }
        let size = try picture.size()
        shelf.withLock { $0.sizes[picture.path] = size }
        return size
    }

    /// A picture with both sides halved `halvings` times (0...3), rounded up. Throws as `LabelledPicture.read`.
    public func picture(_ labelled: LabelledPicture, halvings: Int = 0) throws(OcellusError) -> Picture {
        // Held by its owner already: room here is for others.
        if halvings <= 0, let held = labelled.held { return held }
        let key = Key(path: labelled.path, halvings: min(max(halvings, 0), PictureStore.mostHalvings))
        if let kept = shelf.withLock({ $0.pictures[key] }) { return kept }
        let size = try size(labelled)
        let picture = Picture(try PictureStore.decode(labelled, size, key.halvings))
        keep(picture, key)
        return picture
    }

    private func keep(_ picture: Picture, _ key: Key) {
        let bytes = picture.image.pixels.count
        guard bytes <= byteLimit else { return }
        shelf.withLock { shelf in
            guard shelf.pictures.updateValue(picture, forKey: key) == nil else { return }
            shelf.order.append(key)
            shelf.bytes += bytes
            while shelf.bytes > byteLimit {
                if let gone = shelf.pictures.removeValue(forKey: shelf.order[shelf.first]) {
                    shelf.bytes -= gone.image.pixels.count
                }
                shelf.first += 1
            }
            if shelf.first > 1024, shelf.first > shelf.order.count / 2 {
                shelf.order.removeFirst(shelf.first)
                shelf.first = 0
            }
        }
    }

    /// JPEG is decoded smaller by its own transform, which averages; other formats are halved.
    private static func decode(
        _ picture: LabelledPicture, _ size: PixelSize, _ halvings: Int
    ) throws(OcellusError) -> RGBImage {
        let scale = 1 << halvings
        let wanted = PixelSize(width: (size.width + scale - 1) / scale, height: (size.height + scale - 1) / scale)
        var image = try picture.read(maximumSide: halvings > 0 ? max(wanted.width, wanted.height) : nil)
        while image.width > wanted.width || image.height > wanted.height {
            let half = try RGBImage(width: (image.width + 1) / 2, height: (image.height + 1) / 2)
            ocd_halve(image.pixels.pointer, Int32(image.width), Int32(image.height), half.pixels.pointer)
            image = half
        }
        return image
    }
}
