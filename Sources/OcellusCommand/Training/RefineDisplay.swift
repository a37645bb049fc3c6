// A refiner's run as a person sees it: a line that moves on a terminal, plain lines elsewhere.
import Foundation
import OcellusTraining

final class RefineDisplay {
    private let batch: Int
    private let line = StatusLine()
    private var pace = TrainingPace(after: 0, of: 0, epoch: 1, batch: 1)
    private var smoothed: Float?

    init(batch: Int) { self.batch = batch }

    func show(_ event: RefinerTraining.Event) throws {
        switch event {
        case .began(let steps, let resumedAt):
            pace = TrainingPace(after: resumedAt, of: steps, epoch: steps, batch: batch)
            line.print(
                "\(counted(steps, "step", "steps")) of \(batch) squares"
                    + (resumedAt > 0 ? ", going on after step \(resumedAt)" : ""))
        case .step(let report, let count):
            pace.advance(to: report.step)
            smoothed = smoothed.map { $0 + 0.02 * (report.loss.total - $0) } ?? report.loss.total
            line.update(isLast: report.step == count) { _ in
                String(
                    format: "step %d/%d  loss %.4f  rate %.2g  %.0f squares/s  %@ left", report.step, count,
                    smoothed ?? 0, report.rate, pace.picturesPerSecond, StatusLine.time(pace.secondsLeft))
            }
        case .measured(let measure, let step):
            line.print("step \(step)  \(RefineDisplay.text(measure))")
            pace.leaveOut()
        case .warning(let text): line.print("warning: \(text)")
        }
    }

    func show(_ outcome: RefinerTraining.Outcome) {
        line.print("float   \(RefineDisplay.text(outcome.float))")
        line.print("int8    \(RefineDisplay.text(outcome.int8))")
    }

    func clear() { line.clear() }

    private static func text(_ measure: RefinerMeasure) -> String {
        String(
            format: "points moved by %.4f of the eyes' distance end %.4f off, %.1f %% within a tenth", measure.before,
            measure.after, 100 * measure.near)
    }
}
