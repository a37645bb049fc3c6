// XML by libexpat, as elements and their text. Attributes are not read; a file that declares entities is refused, so that
// nothing can grow without end.
import CExpat
import OcellusTensor

enum XMLFile {
    enum Event {
        /// An element begins: its name after those around it.
        case start([String])
        /// It ends: the text since the latest tag, without white space around it, at most about 4096 bytes.
        case end([String], String)
    }

    /// Calls `body` for each element of a file as it begins and ends.
    ///
    /// Throws `.io`, `.invalidData` for a file above 16 MiB, one that is not XML (naming the line), one with entities,
    /// with elements too deep in each other or in an encoding that libexpat does not know; `.outOfMemory`.
    static func read(path: String, _ body: (Event) -> Void) throws(OcellusError) {
        let file = try FileBytes(path: path, limit: 16 << 20)
        guard let parser = XML_ParserCreate(nil) else { throw OcellusError(.outOfMemory, "\(path): no memory for XML") }
        defer { XML_ParserFree(parser) }
        let (isWhole, refusal) = withoutActuallyEscaping(body) { body in
            let reader = XMLReader(parser, body)
            XML_SetUserData(parser, Unmanaged.passUnretained(reader).toOpaque())
            XML_SetElementHandler(
                parser, { context, name, _ in XMLReader.at(context).start(name) },
                { context, _ in XMLReader.at(context).end() })
            XML_SetCharacterDataHandler(parser) { XMLReader.at($0).characters($1, $2) }
            XML_SetEntityDeclHandler(parser) { context, _, _, _, _, _, _, _, _ in
                XMLReader.at(context).refuse("declares an entity")
            }
            return withExtendedLifetime((reader, file)) {
                let status = file.bytes.withMemoryRebound(to: CChar.self) {
                    XML_Parse(parser, $0.baseAddress, Int32($0.count), 1)
                }
                return (status == XML_STATUS_OK, reader.refusal)
            }
        }
        guard !isWhole else { return }
        let line = XML_GetCurrentLineNumber(parser)
        if let refusal {
            throw OcellusError(.invalidData, "\(path): \(refusal) at line \(line), which no label needs: remove it")
        }
        if XML_GetErrorCode(parser) == XML_ERROR_UNKNOWN_ENCODING {
            throw OcellusError(.invalidData, "\(path): not in a known encoding: save it as UTF-8")
        }
        throw OcellusError(.invalidData, "\(path): not XML: damaged at line \(line): label the picture again")
    }
}

/// What the parser's functions are given: where in the document it is.
private final class XMLReader {
    private let parser: XML_Parser
    private let body: (XMLFile.Event) -> Void
    private(set) var refusal: String?
    static let depthLimit = 32
    private var path: [String] = []
    private var text: [UInt8] = []

    init(_ parser: XML_Parser, _ body: @escaping (XMLFile.Event) -> Void) {
        self.parser = parser
        self.body = body
    }

    static func at(_ context: UnsafeMutableRawPointer?) -> XMLReader {
        Unmanaged<XMLReader>.fromOpaque(context!).takeUnretainedValue()
    }

    func start(_ name: UnsafePointer<CChar>?) {
        path.append(name.map { String(cString: $0) } ?? "")
        text = []
        guard path.count <= XMLReader.depthLimit else {
            return refuse("has elements more than \(XMLReader.depthLimit) deep")
        }
        body(.start(path))
    }

    func characters(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
        guard text.count < 4096, let bytes else { return }
        text += UnsafeRawBufferPointer(start: bytes, count: Int(count))
    }

    func end() {
        body(.end(path, String(decoding: text, as: UTF8.self).trimmed()))
        text = []
        path.removeLast()
    }

    func refuse(_ reason: String) {
        refusal = refusal ?? reason
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }
}
