// Labelled pictures from C: one from memory, or a folder of files.
import COcellusTraining
import OcellusBoundary
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusTensor
import OcellusTraining

private let largestCount = 10000

@c @implementation
public func ocellus_trainer_add(
    _ trainer: OpaquePointer?, _ image: UnsafePointer<ocellus_image>?, _ truths: UnsafePointer<ocellus_truth>?,
    _ count: Int, _ role: ocellus_role
) -> ocellus_status {
    withTrainer(trainer) { trainer in
        let image = try view(required(image, "image").pointee)
        // `size_t` arrives as Int: what does not fit is negative.
        guard 0...largestCount ~= count else {
            throw OcellusError(.invalidArgument, "`count` is \(count): expected 0 to \(largestCount)")
        }
        var objects: [GroundTruth] = []
        if count > 0 {
            let truths = try required(truths, "truths")
            for index in 0..<count { objects.append(try GroundTruth(truths[index], number: index + 1)) }
        }
        guard let role = Trainer.Role(role) else {
            throw OcellusError(
                .invalidArgument,
                "`role` is \(role): expected OCELLUS_ROLE_TRAINING (1) or OCELLUS_ROLE_VALIDATION (2)")
        }
        try trainer.add(image, objects, as: role)
    }
}

@c @implementation
public func ocellus_trainer_add_folder(
    _ trainer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ format: UnsafePointer<CChar>?,
    _ notice: ocellus_notice_callback?, _ context: UnsafeMutableRawPointer?
) -> ocellus_status {
    withTrainer(trainer) { trainer in
        let path = try text(path, "path")
        var known: DataFormat?
        if format != nil {
            let name = try text(format, "format")
            known = DataFormat(rawValue: name)
            guard known != nil else {
                let names = DataFormat.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                throw OcellusError(.invalidArgument, "`format` is '\(name)': expected one of \(names), or NULL")
            }
        }
        try trainer.add(folder: path, format: known, notice: notice.map { notice in { notice(context, $0) } })
    }
}

@c @implementation
public func ocellus_trainer_picture_count(_ trainer: OpaquePointer?, _ role: ocellus_role) -> Int {
    guard let session = try? Handle<Session>.object(trainer), let role = Trainer.Role(role), session.begin() else {
        return 0
    }
    defer { session.end() }
    return session.trainer.count(role)
}

extension Trainer.Role {
    fileprivate init?(_ role: ocellus_role) {
        switch role {
        case OCELLUS_ROLE_TRAINING.rawValue: self = .training
        case OCELLUS_ROLE_VALIDATION.rawValue: self = .validation
        default: return nil
        }
    }
}

extension GroundTruth {
    /// What only C can get wrong is checked here; boxes and labels are the trainer's to check.
    fileprivate init(_ truth: ocellus_truth, number: Int) throws(OcellusError) {
        let flags = OCELLUS_TRUTH_DIFFICULT.rawValue | OCELLUS_TRUTH_IGNORED.rawValue
        guard truth.flags & ~flags == 0 else {
            throw OcellusError(
                .invalidArgument, "object \(number) of the picture: flags \(truth.flags): expected 0, 1, 2 or 3")
        }
        guard truth.landmark_count == 0 || truth.landmark_count == UInt32(Landmarks.count) else {
            throw OcellusError(
                .invalidArgument,
                "object \(number) of the picture: \(truth.landmark_count) landmarks: expected 0 or \(Landmarks.count)")
        }
        self.init(
            box: Box(
                left: truth.left, top: truth.top, right: truth.left + truth.width, bottom: truth.top + truth.height),
            label: Int(truth.label), isDifficult: truth.flags & OCELLUS_TRUTH_DIFFICULT.rawValue != 0,
            isIgnored: truth.flags & OCELLUS_TRUTH_IGNORED.rawValue != 0)
        guard truth.landmark_count > 0 else { return }
        let points = truth.landmarks
        landmarks = Landmarks(
            leftEye: Point(points.0), rightEye: Point(points.1), nose: Point(points.2), leftMouth: Point(points.3),
            rightMouth: Point(points.4))
    }
}

extension Point {
    fileprivate init(_ point: ocellus_point) { self.init(x: point.x, y: point.y) }
}
