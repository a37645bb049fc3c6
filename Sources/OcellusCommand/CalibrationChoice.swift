// The ways of choosing a layer's range, by the names people give them on the command line.
import ArgumentParser
import OcellusQuantization

enum CalibrationChoice: String, ExpressibleByArgument, CaseIterable {
    case minmax, average, percentile, mse

    var calibration: CalibrationMethod {
        switch self {
        case .minmax: return .minMax
        case .average: return .movingAverage(momentum: 0.9)
        case .percentile: return .percentile(0.9999)
        case .mse: return .meanSquaredError
        }
    }
}
