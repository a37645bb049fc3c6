// What the library does with each V4L2 format: read it as it lies, repack it, decode it, or hand it to libv4l.
import OcellusImage

/// How the bytes of a format become a picture, and what that costs.
enum FrameLayout: Equatable {
    /// Read where it lies.
    case direct(PixelFormat)
    /// Luma, then colour pairs for every row: NV12 that has every second colour row left out.
    case everySecondChromaRow
    /// Four bytes for two pixels in another order than Y0 U Y1 V.
    case packed(SIMD4<UInt8>)
    /// Luma, then pairs V U at half the height.
    case swappedPairs
    /// Luma, then two planes of colour at half the height and width.
    case planar(vFirst: Bool)
    case jpeg
    /// libv4lconvert makes RGB of it.
    case foreign
    /// Raw values of a colour mosaic, which have to be developed first.
    case mosaic
    case unknown

    init(_ code: FourCC) {
        for entry in FrameLayout.table() where entry.code == code {
            self = entry.layout
            return
        }
        self = FrameLayout.isMosaic(code) ? .mosaic : FrameLayout.isForeign(code) ? .foreign : .unknown
    }

    /// Order of preference, smallest first; nil: it cannot be read.
    var cost: Int? {
        switch self {
        case .direct(.nv12): 0
        case .direct(.yuyv): 1
        case .everySecondChromaRow: 2
        case .swappedPairs, .planar: 3
        case .packed: 4
        case .direct(.rgb8), .direct(.bgr8): 5
        case .direct(.rgba8), .direct(.bgra8): 6
        case .direct(.grey8): 7
        case .jpeg: 8
        case .foreign: 9
        case .mosaic, .unknown: nil
        }
    }

    /// Whether libv4l can read it when it is asked for by name, though it is never chosen.
    var isReadable: Bool { self != .unknown && (cost != nil || self == .mosaic) }

    private static func table() -> [(code: FourCC, layout: FrameLayout)] {
        [
            (.nv12, .direct(.nv12)), (.yuyv, .direct(.yuyv)), (.grey, .direct(.grey8)),
            (.rgb24, .direct(.rgb8)), (.bgr24, .direct(.bgr8)),
            (FourCC(letters: "AR24"), .direct(.bgra8)), (FourCC(letters: "XR24"), .direct(.bgra8)),
            (FourCC(letters: "BGR4"), .direct(.bgra8)),
            (FourCC(letters: "AB24"), .direct(.rgba8)), (FourCC(letters: "XB24"), .direct(.rgba8)),
            (FourCC(letters: "NV16"), .everySecondChromaRow),
            (FourCC(letters: "UYVY"), .packed(SIMD4(1, 0, 3, 2))),
            (FourCC(letters: "YVYU"), .packed(SIMD4(0, 3, 2, 1))),
            (FourCC(letters: "VYUY"), .packed(SIMD4(1, 2, 3, 0))),
            (FourCC(letters: "NV21"), .swappedPairs),
            (FourCC(letters: "YU12"), .planar(vFirst: false)), (FourCC(letters: "YV12"), .planar(vFirst: true)),
            (.mjpeg, .jpeg), (.jpeg, .jpeg),
        ]
    }

    /// Old webcams' formats and the like that libv4lconvert reads. Not its YUV formats: it leaves their range as it is,
    /// which washes colours out.
    private static func isForeign(_ code: FourCC) -> Bool {
        let codes: [StaticString] = [
            "RGBP", "RGB4", "S501", "S505", "S508", "S561", "S910", "S920", "P207", "M310", "905C", "PJPG", "JPGL",
            "O511", "O518", "CPIA", "S401", "JL20", "KONI", "CITV", "S340", "Y10B", "Y16 ", "NV61",
        ]
        for letters in codes where FourCC(letters: letters) == code { return true }
        return false
    }

    /// BA81, GBRG, GRBG, RGGB with eight bits; BG10, pBAA and the like with more.
    private static func isMosaic(_ code: FourCC) -> Bool {
        let codes: [StaticString] = ["BA81", "GBRG", "GRBG", "RGGB", "BYR2", "GB16", "GR16", "RG16"]
        for letters in codes where FourCC(letters: letters) == code { return true }
        let first = UInt8(truncatingIfNeeded: code.code), second = UInt8(truncatingIfNeeded: code.code >> 8)
        let third = UInt8(truncatingIfNeeded: code.code >> 16)
        let isCorner = second == UInt8(ascii: "B") || second == UInt8(ascii: "G") || second == UInt8(ascii: "R")
        if first == UInt8(ascii: "p") { return isCorner }
        let isFirst = first == UInt8(ascii: "B") || first == UInt8(ascii: "G") || first == UInt8(ascii: "R")
        // BG10, GB12, BA10, BD10 ... : two letters and the depth.
        return isFirst && third == UInt8(ascii: "1") && (isCorner || second == UInt8(ascii: "A"))
    }
}
