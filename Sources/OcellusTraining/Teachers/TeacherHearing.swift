// Who is right where labels and a teacher disagree about an object. Labels leave small ones out, and a student that is punished
// for finding them learns to find none; a teacher sees objects in pictures that have none, and a student that believes it
// does too. Theory: docs/training.md.
import CTrainingKernels
import OcellusData
import OcellusDetection
import OcellusTensor

/// Which of a batch's rows and places a teacher is heard about. One thread at a time: it has memory for one batch.
final class TeacherHearing {
    /// [batch, anchors]: 1 where the teacher is heard, 0 where there is surely no object.
    let rows: Buffer<Float>
    /// Of each picture: areas without objects in which the teacher sees one, edges divided by the input's size. Its
    /// features are not to be learnt there.
    private(set) var mistakes: [[Box]] = []
    /// Numbers of the pictures on which the teacher is heard and makes no such mistake.
    private(set) var trusted: [Int] = []
    private let anchors: Anchors
    private let settings: DistillationSettings
    /// The teacher's foreground scores.
    private let scores: Buffer<Float>

    /// Throws `.outOfMemory`.
    convenience init(_ anchors: Anchors, batch: Int, settings: DistillationSettings) throws(OcellusError) {
        self.init(
            anchors, settings, try Buffer(count: batch * anchors.count), try Buffer(count: batch * anchors.count))
    }

    private init(_ anchors: Anchors, _ settings: DistillationSettings, _ rows: Buffer<Float>, _ scores: Buffer<Float>) {
        self.anchors = anchors
        self.settings = settings
        self.rows = rows
        self.scores = scores
    }

    /// Whether the teacher is heard anywhere on a picture with these labels.
    func listens(to labels: SampleLabels) -> Bool {
        !labels.areSurelyNone(width: anchors.inputWidth, height: anchors.inputHeight)
    }

    /// Settles a batch: fills `rows` and `mistakes`, and takes background anchors on which the teacher sees an object out of
    /// the labels' loss, unless they lie where there is surely none. `heard`: 0 for rows about which it says nothing.
    func settle(
        _ targets: AnchorTargets, _ labels: [SampleLabels], teacher: HeadRows, heard: Buffer<Float>? = nil
    ) {
        _ = settings.scoreActivation.foreground(of: teacher, into: scores)
        if let heard {
            rows.pointer.update(from: heard.pointer, count: rows.count)
        } else {
            rows.elements.update(repeating: 1)
        }
        mistakes = labels.indices.map { picture in
            let first = picture * anchors.count
            var found: [Box] = []
            for area in labels[picture].emptyAreas {
                let area = area.scaled(x: 1 / Float(anchors.inputWidth), y: 1 / Float(anchors.inputHeight))
                if silence(in: area, targets, first) { found.append(area) }
            }
            for anchor in first..<first + anchors.count
            where targets.labels.pointer[anchor] == 0 && rows.pointer[anchor] > 0
                && scores.pointer[anchor] > settings.objectScore
            {
                targets.labels.pointer[anchor] = -1
            }
            return found
        }
        trusted = labels.indices.filter { mistakes[$0].isEmpty && listens(to: labels[$0]) }
    }

    /// Keeps the teacher from speaking about an area's background anchors; whether it saw an object among them.
    private func silence(in area: Box, _ targets: AnchorTargets, _ first: Int) -> Bool {
        var seesObject = false
        for (index, anchor) in anchors.boxes.enumerated() {
            let row = first + index
            // Coarse maps reach beyond the input: the centres of their last anchors lie outside, or on its very edge.
            guard targets.labels.pointer[row] == 0, anchor.centreX > area.left, anchor.centreY > area.top,
                anchor.centreX < area.right || area.right >= 1, anchor.centreY < area.bottom || area.bottom >= 1
            else { continue }
            rows.pointer[row] = 0
            seesObject = seesObject || scores.pointer[row] > settings.objectScore
        }
        return seesObject
    }
}

extension DecoderSettings.ScoreActivation {
    /// The foreground scores of all rows, into memory for as many; returns their sum.
    func foreground(of heads: HeadRows, into scores: Buffer<Float>) -> Double {
        let rows = heads.boxes.count / 4
        let classes = heads.scores.count / max(rows, 1)
        switch self {
        case .softmax: return otk_softmax_foreground(heads.scores.baseAddress, rows, classes, scores.pointer)
        case .sigmoid: return otk_sigmoid_foreground(heads.scores.baseAddress, rows, classes, scores.pointer)
        }
    }
}
