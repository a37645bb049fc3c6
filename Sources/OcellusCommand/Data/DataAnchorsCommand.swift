// `ocellus data anchors`: sizes of anchors that fit the objects of a dataset, in pixels of the network's input.
import ArgumentParser
import Foundation
import OcellusData
import OcellusFiles
import OcellusImage
import OcellusTensor

struct DataAnchorsCommand: ParsableCommand {
    enum Fit: String, ExpressibleByArgument, CaseIterable {
        case letterbox, stretch
    }

    static let configuration = CommandConfiguration(
        commandName: "anchors", abstract: "Suggests anchor sizes for labelled pictures.",
        discussion: """
            k-means over the sizes of the objects in network pixels, with 1 - IoU as distance. The mean overlap says how \
            well the sizes fit, the recall how many objects have a size that overlaps them by half. Both grow with the \
            number of sizes; take the number from which they hardly do.
            """)

    @Argument(help: ArgumentHelp("Folder of labelled pictures.", valueName: "folder"))
    var data: FilePath

    @OptionGroup var options: DataOptions

    @Option(help: ArgumentHelp("Number of sizes, 1 to 50.", valueName: "count"))
    var count = 6

    @Option(help: ArgumentHelp("Side of the network's input in pixels, 16 to 4096.", valueName: "pixels"))
    var size = 300

    @Option(help: "How pictures come into the input: letterbox or stretch.")
    var fit = Fit.letterbox

    @Option(help: "Seed of the random numbers.")
    var seed: UInt64 = 1

    func validate() throws {
        guard 1...50 ~= count else { throw ValidationError("--count \(count): must be 1 to 50") }
        guard 16...4096 ~= size else { throw ValidationError("--size \(size): must be 16 to 4096") }
    }

    func run() throws {
        let dataset = try options.read(data)
        var objects: [AnchorClusters.Size] = []
        for picture in dataset.pictures where !picture.truths.isEmpty {
            let pixels = try PictureFile.size(path: picture.path)
            let preprocessing = Preprocessing(
                inputWidth: size, inputHeight: size, channelOrder: .rgb, mean: SIMD3(0, 0, 0), scale: SIMD3(1, 1, 1),
                fit: fit == .stretch ? .stretch : .letterbox(.topLeft, .mean))
            let mapping = InputMapping(
                sourceWidth: pixels.width, sourceHeight: pixels.height, preprocessing: preprocessing)
            for truth in picture.truths where !truth.isIgnored {
                objects.append(
                    AnchorClusters.Size(
                        width: truth.box.width * mapping.scaleX, height: truth.box.height * mapping.scaleY))
            }
        }
        guard !objects.isEmpty else {
            throw OcellusError(.invalidData, "\(data.text): no objects to take sizes from")
        }
        let clusters = AnchorClusters(objects, count: count, seed: seed)
        var table = TextTable([
            ("width", .right), ("height", .right), ("height / width", .right), ("objects", .right), ("share", .right),
        ])
        for (anchor, near) in zip(clusters.sizes, clusters.counts) {
            table.add([
                String(format: "%.1f", anchor.width), String(format: "%.1f", anchor.height),
                String(format: "%.2f", anchor.height / anchor.width), grouped(near),
                String(format: "%.1f %%", Double(near) / Double(objects.count) * 100),
            ])
        }
        Output.line(table.text)
        Output.line(
            "\(counted(objects.count, "object", "objects")) at \(size)x\(size): "
                + String(format: "mean overlap %.3f, recall at 0.5 %.3f", clusters.meanOverlap, clusters.recall))
    }
}
