// The 1 Euro filter beside the paper's formulas in NumPy (Tests/References/one_euro.py).
import OcellusLive
import Testing

struct OneEuroFilterTests {
    private static let times: [Float] = [
        0.038753, 0.085669, 0.12894, 0.155696, 0.184701, 0.230908, 0.251066, 0.295702, 0.339615, 0.373653, 0.402744,
        0.431096, 0.458742, 0.492095, 0.527231, 0.563836, 0.613701, 0.657481, 0.696146, 0.745815, 0.772274, 0.797081,
        0.835457, 0.856775,
    ]
    private static let values: [Float] = [
        10.047026, 9.943921, 9.244972, 9.838392, 9.98545, 10.033993, 9.540959, 9.856674, 9.706445, 9.757349, 10.31827,
        9.75774, 9.990244, 12.266455, 13.934244, 16.272108, 19.33066, 21.943445, 23.876717, 27.247204, 29.219564,
        29.836157, 32.860687, 33.917774,
    ]

    private static let expected: [([Float], [Float])] = [
        (
            [1, 0, 1],
            [
                10.047, 10.0236, 9.8571, 9.8544, 9.8746, 9.9105, 9.8689, 9.8663, 9.8317, 9.8186, 9.8958, 9.8749, 9.892,
                10.3034, 10.96, 11.9533, 13.7133, 15.4888, 17.1283, 19.5351, 20.9156, 22.1185, 24.2055, 25.3527,
            ]
        ),
        (
            [0.5, 0.02, 1],
            [
                10.047, 10.0336, 9.9252, 9.9175, 9.9238, 9.9387, 9.9115, 9.904, 9.8771, 9.8641, 9.9029, 9.8905, 9.8986,
                10.2153, 10.9296, 12.3099, 14.9678, 17.6855, 20.0769, 23.4078, 25.3764, 26.8661, 29.521, 30.9117,
            ]
        ),
        (
            [1.2, 0.5, 2],
            [
                10.047, 10.0139, 9.5869, 9.6625, 9.7386, 9.868, 9.8114, 9.8235, 9.7855, 9.778, 9.9819, 9.9293, 9.9442,
                11.604, 13.4821, 15.8626, 18.991, 21.6367, 23.6139, 26.9307, 28.8942, 29.6807, 32.5303, 33.6758,
            ]
        ),
    ]

    @Test("the filter's values are the paper's, at rest and in motion", arguments: expected)
    func reference(settings: [Float], expected: [Float]) {
        let settings = OneEuroFilter.Settings(
            minimumCutoff: settings[0], beta: settings[1], speedCutoff: settings[2])
        var filter = OneEuroFilter()
        for (index, value) in Self.values.enumerated() {
            let seconds = index == 0 ? 0 : Self.times[index] - Self.times[index - 1]
            let result = filter.filter(value, seconds: seconds, settings: settings)
            #expect(abs(result - expected[index]) < 0.002, "value \(index)")
        }
    }

    @Test("a scale makes near and far objects behave alike")
    func scale() {
        var (near, far) = (OneEuroFilter(), OneEuroFilter())
        for value in Self.values {
            let large = near.filter(value * 10, seconds: 0.03, scale: 100)
            let small = far.filter(value, seconds: 0.03, scale: 10)
            #expect(abs(large / 10 - small) < 1e-4)
        }
    }

    @Test("a time that stands still, a NaN and an infinity begin anew instead of spoiling what follows")
    func odd() {
        var filter = OneEuroFilter()
        let results = [(5, 0.1), (9, 0), (.nan, 0.1), (3, 0.1), (.infinity, 0.1), (4, 0.1)].map {
            filter.filter($0.0, seconds: $0.1)
        }
        #expect(results[0] == 5 && results[1] == 9 && results[2].isNaN)
        #expect(results[3] == 3 && results[5] == 4)
    }
}
