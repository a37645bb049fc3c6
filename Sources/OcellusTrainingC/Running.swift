// A run from C: progress to a callback, measurements into a struct.
import COcellusTraining
import OcellusBoundary
import OcellusTensor
import OcellusTraining

@c @implementation
public func ocellus_trainer_run(
    _ trainer: OpaquePointer?, _ callback: ocellus_training_callback?, _ context: UnsafeMutableRawPointer?
) -> ocellus_status {
    withTrainer(trainer) { trainer in
        try trainer.run { report in
            guard let callback else { return true }
            var text = ""
            var progress: ocellus_training_progress
            switch report {
            case .step(let state):
                progress = ocellus_training_progress(state, OCELLUS_TRAINING_STEP)
            case .measured(let state):
                progress = ocellus_training_progress(state, OCELLUS_TRAINING_MEASURED)
            case .warning(let warning, let state):
                progress = ocellus_training_progress(state, OCELLUS_TRAINING_WARNING)
                text = warning
            }
            return text.withCString {
                progress.text = $0
                return callback(context, &progress) == 0
            }
        }
    }
}

@c @implementation
public func ocellus_trainer_evaluate(
    _ trainer: OpaquePointer?, _ metrics: UnsafeMutablePointer<ocellus_training_metrics>?
) -> ocellus_status {
    withTrainer(trainer) { trainer in
        let result = try required(metrics, "metrics")
        let (before, float, int8) = try trainer.measurements()
        let objects = before.objects.classes.reduce(0) { $0 + $1.truthCount }
        result.pointee = ocellus_training_metrics(
            pictures: Int32(clamping: before.pictures), objects: Int32(clamping: objects),
            before: ocellus_training_measure(before), after_float: ocellus_training_measure(float),
            after_int8: ocellus_training_measure(int8))
    }
}

extension ocellus_training_measure {
    /// NaN for what there is not.
    fileprivate init(_ measurement: Measurement?) {
        func number(_ value: Double?) -> Float { value.map { Float($0) } ?? .nan }
        self.init()
        let hasObjects = measurement?.objects.map50 != nil
        metric = number(hasObjects ? measurement?.metric : nil)
        map = number(measurement?.objects.map)
        landmark_error = number(measurement?.faces.first { $0.smallestHeight == 12 }?.nme)
    }
}

extension ocellus_training_progress {
    fileprivate init(_ progress: Trainer.Progress, _ event: ocellus_training_event_values) {
        func number(_ value: Double?) -> Float { value.map { Float($0) } ?? .nan }
        self.init()
        self.event = event.rawValue
        phase = (progress.phase == .float ? OCELLUS_PHASE_FLOAT : OCELLUS_PHASE_INT8).rawValue
        step = Int32(clamping: progress.step)
        steps = Int32(clamping: progress.steps)
        epoch = Int32(clamping: progress.epoch)
        epochs = Int32(clamping: progress.epochs)
        loss = progress.loss.total
        class_loss = progress.loss.classification
        box_loss = progress.loss.boxes
        landmark_loss = progress.loss.landmarks
        rate = progress.rate
        metric = number(progress.metric)
        best_metric = number(progress.bestMetric)
        pictures_per_second = Float(progress.picturesPerSecond)
        seconds_left = number(progress.secondsLeft)
    }
}
