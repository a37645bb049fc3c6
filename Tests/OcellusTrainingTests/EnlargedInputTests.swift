// What a teacher sees of a student's enlarged picture.
import OcellusImage
import Testing

@testable import OcellusTraining

@Suite struct EnlargedInputTests {
    @Test("a pixel of an enlarged picture lies where its centre does, the student's mean around the picture")
    func enlargedInput() throws {
        // Levels rise by 4 a column and by 1 a row.
        let input = Preprocessing(
            inputWidth: 4, inputHeight: 3, channelOrder: .rgb, mean: SIMD3(10, 20, 30), scale: SIMD3(0.5, 0.25, 1),
            fit: .stretch)
        var levels: [Float] = []
        for index in 0..<12 { levels.append(Float(100 + index % 4 * 4 + index / 4)) }
        var source: [Float] = []
        for level in levels {
            for channel in 0..<3 { source.append((level - input.mean[channel]) * input.scale[channel]) }
        }
        let enlarged = try EnlargedInput(input, enlargement: 2)
        #expect(enlarged.width == 8 && enlarged.height == 6 && enlarged.enlargement == 2)
        var frame = [Float](repeating: .nan, count: 7 * 9 * 3)
        enlarged.write(source, into: &frame, height: 7, width: 9)
        for y in 0..<7 {
            for x in 0..<9 {
                let (column, row) = (min(max(0, Float(x) / 2 - 0.25), 3), min(max(0, Float(y) / 2 - 0.25), 2))
                for channel in 0..<3 {
                    // The frame is BGR.
                    let wanted = x < 8 && y < 6 ? 100 + 4 * column + row : input.mean[2 - channel]
                    #expect(abs(frame[(y * 9 + x) * 3 + channel] - wanted) < 1e-3, "\(x), \(y), \(channel)")
                }
            }
        }
    }
}
