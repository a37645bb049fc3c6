// What people are told of a run's pace.
import OcellusTraining
import Testing

@Suite struct PaceTests {
    @Test("steps alone are counted, those of this run, and not the measurements between them")
    func pace() {
        var pace = TrainingPace(after: 100, of: 108, epoch: 50, batch: 16, now: 5_000_000_000)
        #expect(pace.secondsPerStep > 0)
        pace.advance(to: 101, now: 6_000_000_000)
        #expect(pace.secondsPerStep == 1)
        pace.advance(to: 102, now: 9_000_000_000)
        #expect(pace.secondsPerStep == 2)
        pace.leaveOut(now: 99_000_000_000)
        pace.advance(to: 104, now: 99_000_000_000)
        #expect(pace.secondsPerStep == 1)
        #expect(pace.picturesPerSecond == 16 && pace.secondsLeft == 4)
        #expect(pace.epochs == 3 && pace.epochAtWork == 3)
        pace.advance(to: 100, now: 99_000_000_000)
        #expect(pace.epochAtWork == 2)
    }
}
