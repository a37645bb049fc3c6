// The thread that draws what was found and encodes it as JPEG, once a frame and only while somebody looks.
import Foundation
import OcellusDetection
import OcellusDrawing
import OcellusFiles
import OcellusImage
import OcellusTensor

/// Takes frames from the detection thread's box and sends pictures to the watchers.
final class PreviewEncoder: @unchecked Sendable {
    private static let quality = 80
    /// Seconds after which the last picture is sent again: whoever went away is noticed then.
    private static let repetition = 2.0

    let broadcast: PreviewBroadcast
    private let box = LatestBox()
    private let names: [String]
    // Only the thread's own below.
    private var canvas: RGBImage?
    private var annotator: Annotator?
    private var last: PreviewPicture?

    /// `names[label]` is a class; `names[0]` the background.
    init(broadcast: PreviewBroadcast, names: [String]) {
        self.broadcast = broadcast
        self.names = names
        let thread = Thread { [self] in run() }
        thread.name = "preview"
        thread.start()
    }

    /// Copies the frame when somebody looks, and returns. The detection thread.
    func offer(_ frame: LiveFrame, _ detections: [TrackedDetection]) throws(OcellusError) {
        guard broadcast.isWatched else { return }
        try box.offer { copy throws(OcellusError) in
            try copy.store(frame.image)
            copy.detections = detections
            copy.number = frame.number
        }
    }

    func close() { box.close() }

    private func run() {
        while true {
            switch box.take(seconds: PreviewEncoder.repetition) {
            case .closed: return
            case .nothing: if let last, broadcast.isWatched { broadcast.send(last) }
            case .frame(let copy):
                // Short of memory: this frame is not shown, the next may be.
                guard let picture = try? picture(copy) else { continue }
                last = picture
                broadcast.send(picture)
            }
        }
    }

    private func picture(_ copy: FrameCopy) throws(OcellusError) -> PreviewPicture? {
        guard let view = copy.view else { return nil }
        let image: RGBImage
        if let canvas, canvas.width == view.width, canvas.height == view.height {
            image = canvas
        } else {
            image = try RGBImage(width: view.width, height: view.height)
            annotator = try Annotator(width: view.width, height: view.height, names: names)
            canvas = image
        }
        try image.copy(view)
        annotator?.draw(copy.detections.map(\.detection), on: Canvas(image))
        return PreviewPicture(jpeg: try PictureFile.encode(image, .jpeg, quality: PreviewEncoder.quality))
    }
}
