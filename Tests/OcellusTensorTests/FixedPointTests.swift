// Numbers for people, against the C library's own printing.
import Foundation
import OcellusTensor
import TestSupport
import Testing

struct FixedPointTests {
    @Test("digits are those of printf, for numbers of every size")
    func digits() {
        var random = SeededGenerator(seed: 1)
        for value in [0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 99.95, 1e22, -1e300, .leastNonzeroMagnitude] {
            for digits in 0...4 {
                #expect(fixedPoint(value, digits: digits) == String(format: "%.\(digits)f", value))
            }
        }
        for _ in 0..<2000 {
            let value = Double(random.float(-1...1)) * pow(10, Double(random.integer(-8...12)))
            let digits = random.integer(0...8)
            #expect(fixedPoint(value, digits: digits) == String(format: "%.\(digits)f", value))
        }
    }

    @Test("no number is a word, and digits out of range are the nearest that are in it")
    func odd() {
        #expect([Double.nan, .infinity, -.infinity].map { fixedPoint($0, digits: 2) } == ["nan", "inf", "-inf"])
        #expect(fixedPoint(1.25, digits: -3) == "1")
        #expect(fixedPoint(0.5, digits: 99) == "0.50000000000000000")
    }
}
