// The header is the contract: it compiles everywhere, and it says what the library has.
import Foundation
import Testing

@Suite struct HeaderTests {
    @Test(
        "the header compiles alone as C99 and as C++17, with gcc and clang, without a warning",
        arguments: [
            ["gcc", "-x", "c", "-std=c99"], ["g++", "-x", "c++", "-std=c++17"],
            ["clang", "-x", "c", "-std=c99"], ["clang++", "-x", "c++", "-std=c++17"],
        ])
    func compilesAlone(compiler: [String]) throws {
        let source = try Library.file("alone-\(UUID()).txt", "#include \"ocellus.h\"\n")
        let flags = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", "-I", "include"]
        let outcome = try Library.run(compiler + flags + [source.path], in: Library.repository)
        #expect(outcome.status == 0 && outcome.text == "")
    }

    @Test("the program at the top of the header compiles as it stands")
    func programCompiles() throws {
        let source = try Library.file("program.c", try Header.program())
        _ = try Library.compile(source, flags: ["-std=c99", "-pedantic"])
    }

    @Test("a program that uses every declared function links", arguments: [Library.Linking.shared, .archive])
    func functionsLink(linking: Library.Linking) throws {
        let functions = try Header.functions()
        #expect(functions.count >= 10)
        let table = functions.map { "    (void (*)(void))\($0)," }.joined(separator: "\n")
        let text = """
            #include <ocellus.h>
            static void (*volatile functions[])(void) = {
            \(table)
            };
            int main(void) {
                for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++)
                    if (!functions[i]) return 1;
                return 0;
            }
            """
        let program = try Library.compile(try Library.file("link-\(linking).c", text), linking)
        #expect(try Library.run([program]).status == 0)
    }

    @Test("the sizes and offsets of the structs are those that were published")
    func layout() throws {
        let text = """
            #include <ocellus.h>
            #define SAME(expression, value) _Static_assert((expression) == (value), #expression)
            SAME(sizeof(ocellus_status), 4);
            SAME(sizeof(ocellus_pixel_format), 4);
            SAME(sizeof(ocellus_detection), 68);
            SAME(offsetof(ocellus_detection, score), 16);
            SAME(offsetof(ocellus_detection, label), 20);
            SAME(offsetof(ocellus_detection, landmark_count), 24);
            SAME(offsetof(ocellus_detection, landmarks), 28);
            SAME(sizeof(ocellus_detector_options), 20);
            SAME(offsetof(ocellus_detector_options, score_threshold), 8);
            SAME(offsetof(ocellus_detector_options, maximum_detections), 16);
            SAME(sizeof(ocellus_camera_options), 36);
            SAME(offsetof(ocellus_camera_options, frames_per_second), 12);
            SAME(offsetof(ocellus_camera_options, format), 16);
            SAME(offsetof(ocellus_camera_options, buffers), 24);
            SAME(offsetof(ocellus_camera_options, on_lost), 32);
            SAME(sizeof(ocellus_camera_info), 64);
            SAME(offsetof(ocellus_camera_info, state), 20);
            SAME(offsetof(ocellus_camera_info, delivered), 24);
            #if UINTPTR_MAX > UINT32_MAX
            SAME(sizeof(ocellus_frame), 56);
            SAME(offsetof(ocellus_frame, format), 16);
            SAME(offsetof(ocellus_frame, sequence), 32);
            SAME(offsetof(ocellus_frame, timestamp_ns), 40);
            SAME(sizeof(ocellus_image), 48);
            SAME(offsetof(ocellus_image, stride), 16);
            SAME(offsetof(ocellus_image, format), 24);
            SAME(offsetof(ocellus_image, chroma_stride), 40);
            #endif
            SAME(OCELLUS_NV12, 7);
            SAME(OCELLUS_ERROR_BUSY, 7);
            SAME(OCELLUS_ERROR_CAMERA_LOST, 9);
            SAME(OCELLUS_CAMERA_SILENT, 3);
            int main(void) { return 0; }
            """
        _ = try Library.compile(try Library.file("layout.c", text))
    }
}
