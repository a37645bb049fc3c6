// Opening: what is chosen, what is refused, and what the messages say to do.
import CCamera
import OcellusTensor
import Testing

@testable import OcellusCamera

@Suite struct OpeningTests {
    private static let formats: [(FourCC, [(Int, Int, Double)])] = [
        (.mjpeg, [(640, 480, 30), (1280, 720, 30)]), (.yuyv, [(640, 480, 30), (1280, 720, 10)]),
        (FourCC("UYVY")!, [(640, 480, 60)]), (.grey, [(640, 480, 60)]),
    ]

    /// The message with which opening is refused.
    private func refusal(
        _ script: ScriptedSystem, _ path: String? = "/dev/video0", _ options: CameraOptions = CameraOptions()
    ) -> (code: OcellusError.Code?, message: String) {
        let error = #expect(throws: OcellusError.self) {
            _ = try Camera(path: path, options: options, system: script.system)
        }
        #expect(script.openFiles == 0 && script.mapped == 0)
        return (error?.code, error?.message ?? "")
    }

    private func opened(_ options: CameraOptions) throws -> FrameFormat {
        let script = ScriptedSystem(["/dev/video0": ScriptedNode("Cam", Self.formats)])
        return try Camera(path: nil, options: options, system: script.system).format
    }

    @Test("of the formats that have the size, the one is taken that costs least")
    func cheapest() throws {
        let format = try opened(CameraOptions())
        #expect(format.code == .yuyv && format.width == 640 && format.height == 480)
    }

    @Test("a format that is too slow at the size loses against a dearer one")
    func fastEnough() throws {
        var options = CameraOptions()
        (options.width, options.height) = (1280, 720)
        #expect(try opened(options).code == .mjpeg)
        options.framesPerSecond = 10
        #expect(try opened(options).code == .yuyv)
    }

    @Test("a format asked for by name is taken whatever it costs; the nearest size goes with it")
    func byName() throws {
        var options = CameraOptions()
        options.format = FourCC("uyvy")
        (options.width, options.height) = (1280, 720)
        let format = try opened(options)
        #expect(format.code == FourCC("UYVY") && format.width == 640)
    }

    @Test("a format that the camera does not have is refused with those it has")
    func lackingFormat() {
        var options = CameraOptions()
        options.format = .nv12
        let script = ScriptedSystem(["/dev/video0": ScriptedNode("Cam", Self.formats)])
        let (code, message) = refusal(script, "/dev/video0", options)
        #expect(code == .unsupported)
        #expect(message == "/dev/video0 (Cam) does not give NV12 pictures: it offers MJPG, YUYV, UYVY, GREY")
    }

    @Test("a missing device is named together with the cameras there are")
    func missing() {
        let script = ScriptedSystem(["/dev/video2": ScriptedNode("Desk"), "/dev/video11": ScriptedNode("Door")])
        let (code, message) = refusal(script)
        #expect(code == .io)
        #expect(
            message == "there is no /dev/video0: cameras of this system: /dev/video2 (Desk), /dev/video11 (Door)")
        #expect(refusal(ScriptedSystem([:])).message.contains("This system has no camera: plug one in"))
        #expect(refusal(ScriptedSystem([:]), nil).message.contains("This system has no camera: plug one in"))
    }

    @Test("missing permission names the group and the command")
    func forbidden() {
        let script = ScriptedSystem()
        script.openErrors["/dev/video0"] = OCC_EACCES
        script.group = ("plugdev", false)
        let expected =
            "no permission to use /dev/video0: it belongs to the group plugdev, which you are not in: "
            + "run `sudo usermod -aG plugdev $USER` and log in again"
        #expect(refusal(script).message == expected)
        #expect(refusal(script, nil).message == expected)
        script.group.isMember = true
        #expect(refusal(script).message.contains("ls -l /dev/video0"))
    }

    @Test(
        "a camera that another program uses is said to be in use",
        arguments: [OCC_SET_FORMAT, OCC_REQUEST_BUFFERS, OCC_STREAM_ON])
    func busy(request: Int) {
        let script = ScriptedSystem()
        script.errors[request] = [OCC_EBUSY]
        let (code, message) = refusal(script)
        #expect(code == .io && message.contains("/dev/video0 is in use by another program"))
    }

    @Test("a bus without room for the stream says what to change")
    func bandwidth() {
        let script = ScriptedSystem()
        script.errors[OCC_STREAM_ON] = [OCC_ENOSPC]
        #expect(refusal(script).message.contains("take a smaller size"))
    }

    @Test("a raw Bayer sensor, a metadata node and an output node are told apart")
    func noPictures() {
        let sensor = ScriptedNode("unicam", [(FourCC("pBAA")!, [(64, 48, 30)]), (FourCC("BG10")!, [(64, 48, 30)])])
        let (code, message) = refusal(ScriptedSystem(["/dev/video0": sensor]))
        #expect(code == .unsupported && message.contains("Bayer") && message.contains("rpicam-vid"))
        let metadata = ScriptedNode("Cam")
        (metadata.captures, metadata.metadata) = (false, true)
        #expect(refusal(ScriptedSystem(["/dev/video0": metadata])).message.contains("data about pictures"))
        let output = ScriptedNode("Out")
        output.captures = false
        #expect(refusal(ScriptedSystem(["/dev/video0": output])).message.contains("no capture device"))
    }

    @Test("without a path, nodes that give no pictures are passed over")
    func firstUsable() throws {
        let metadata = ScriptedNode("Cam")
        (metadata.captures, metadata.metadata) = (false, true)
        let script = ScriptedSystem(["/dev/video0": metadata, "/dev/video3": ScriptedNode("Cam")])
        #expect(try Camera(system: script.system).path == "/dev/video3")
        let list = CameraList.devices(system: script.system)
        #expect(list.map(\.path) == ["/dev/video0", "/dev/video3"] && list.map(\.isUsable) == [false, true])
        #expect(list[1].formats[0].sizes[0].rates == [30])
    }

    @Test("a camera that comes back under another number is known by its name and port")
    func otherNumber() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        let other = ScriptedNode("Other")
        script.nodes = ["/dev/video0": other, "/dev/video4": ScriptedNode("Script")]
        script.errors[OCC_DEQUEUE_BUFFER] = [OCC_ENODEV]
        #expect(try !camera.hasFrame())
        #expect(try camera.hasFrame())
        #expect(camera.path == "/dev/video4" && script.openFiles == 1)
    }

    @Test("in another port it is known by its name, unless two have that name")
    func otherPort() throws {
        let script = ScriptedSystem()
        let camera = try Camera(path: "/dev/video0", system: script.system)
        #expect(try camera.hasFrame())
        let moved = ScriptedNode("Script")
        moved.bus = "usb-2"
        let twin = ScriptedNode("Script")
        twin.bus = "usb-3"
        script.nodes = ["/dev/video5": moved, "/dev/video6": twin]
        #expect(try !camera.hasFrame())
        #expect(try !camera.hasFrame(timeout: 10_000))
        script.nodes["/dev/video6"] = nil
        #expect(try camera.hasFrame())
        #expect(camera.path == "/dev/video5")
    }

    @Test("options out of range are refused before anything is opened")
    func ranges() {
        let changes: [(inout CameraOptions) -> Void] = [
            { $0.width = 640 },
            {
                $0.width = -1; $0.height = -1
            },
            {
                $0.width = 40_000; $0.height = 1
            },
            { $0.framesPerSecond = -1 }, { $0.framesPerSecond = .nan }, { $0.framesPerSecond = 1001 },
            { $0.buffers = 1 }, { $0.buffers = 33 }, { $0.silenceMilliseconds = 99 },
        ]
        for change in changes {
            var options = CameraOptions()
            change(&options)
            let script = ScriptedSystem()
            #expect(refusal(script, "/dev/video0", options).code == .invalidArgument)
            #expect(script.openings.isEmpty)
        }
    }
}
