// What people are told of a run's pace.
import OcellusTraining
import Testing

@Suite struct PaceTests {
    @Test("steps alone are counted, those of this run, and not the measurements between them")
    func pace() {
        var pace = TrainingPace(after: 100, now: 5_000_000_000)
        #expect(pace.secondsPerStep > 0)
        pace.advance(to: 101, now: 6_000_000_000)
        #expect(pace.secondsPerStep == 1)
        pace.advance(to: 102, now: 9_000_000_000)
        #expect(pace.secondsPerStep == 2)
        pace.leaveOut(now: 99_000_000_000)
        pace.advance(to: 104, now: 99_000_000_000)
        #expect(pace.secondsPerStep == 1)
    }
}
