// A run as a person sees it: a bar that moves on a terminal, plain lines elsewhere.
import Foundation
import OcellusTraining

final class TrainingDisplay {
    private let batch: Int
    private let epoch: Int
    private let status = StatusLine()
    private var phase = TrainingPhase.float
    private var pace: TrainingPace
    private var smoothed: LossParts?
    private var metric = ""

    init(batch: Int, epoch: Int) {
        self.batch = batch
        self.epoch = epoch
        pace = TrainingPace(after: 0, of: 0, epoch: epoch, batch: batch)
    }

    func show(_ event: FineTune.Event) throws {
        switch event {
        case .phase(let phase, let steps, let resumedAt, best: _):
            self.phase = phase
            pace = TrainingPace(after: resumedAt, of: steps, epoch: epoch, batch: batch)
            smoothed = nil
            line(
                "\(phase.name): \(counted(steps, "step", "steps")) of \(counted(batch, "picture", "pictures")), "
                    + counted(pace.epochs, "epoch", "epochs")
                    + (resumedAt > 0 ? ", going on after step \(resumedAt)" : ""))
        case .planned(let bytes, let recomputed):
            line(
                "\(phase.name): \((bytes + (1 << 20) - 1) >> 20) MB for the values and gradients of a batch, "
                    + "\(counted(recomputed, "value", "values")) computed anew on the way back")
        case .step(let report, let count): show(report, count)
        case .measured(let measurement, let step, let isBest):
            metric = measurement.summary
            // Only what calibration came to is measured before a first step.
            let place = step == 0 ? "int8 calibrated" : "\(phase.name) step \(step)"
            line("\(place)  \(metric)\(isBest ? "  best so far" : "")")
            pace.leaveOut()
        case .warning(let text): line("warning: \(text)")
        }
    }

    private func show(_ report: TrainingSession.Report, _ count: Int) {
        pace.advance(to: report.step)
        smoothed = smoothed.map { $0.mixed(with: report.loss, share: 0.05) } ?? report.loss
        guard let loss = smoothed else { return }
        status.update(isLast: report.step == count) { isTerminal in
            var parts = String(format: "class %.2f box %.2f", loss.classification, loss.boxes)
            if loss.landmarks > 0 { parts += String(format: " points %.2f", loss.landmarks) }
            if loss.distillation > 0 { parts += String(format: " teacher %.2f", loss.distillation) }
            return "\(phase.name) epoch \(pace.epochAtWork)/\(pace.epochs) "
                + (isTerminal ? bar(Double(report.step) / Double(count)) : "step \(report.step)/\(count)")
                + String(format: "  loss %.2f (%@)  rate %.2g", loss.total, parts, report.rate)
                + String(
                    format: "  %.1f pictures/s  %@ left  %d MB", pace.picturesPerSecond,
                    StatusLine.time(pace.secondsLeft), residentMegabytes())
        }
    }

    func clear() { status.clear() }

    private func line(_ text: String) { status.print(text) }

    private func bar(_ share: Double) -> String {
        let width = 24
        let full = Int(share * Double(width))
        return String(repeating: "━", count: full) + (full < width ? "╸" : "")
            + String(repeating: "─", count: max(0, width - full - 1))
    }

    private func residentMegabytes() -> Int {
        // The file says that it has no bytes: read it as a stream.
        guard let bytes = try? FileHandle(forReadingFrom: URL(filePath: "/proc/self/statm")).readToEnd(),
            let text = String(data: bytes, encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return (pages * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20
    }
}

extension LossParts {
    fileprivate func mixed(with other: LossParts, share: Float) -> LossParts {
        var result = other
        func mix(_ part: WritableKeyPath<LossParts, Float>) {
            result[keyPath: part] = self[keyPath: part] + share * (other[keyPath: part] - self[keyPath: part])
        }
        for part in [\LossParts.classification, \.boxes, \.landmarks, \.distillation, \.total] { mix(part) }
        return result
    }
}
