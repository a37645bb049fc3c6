// The exponential moving average of the weights: usually better than the last ones. Numbers as in docs/training.md.
import CTrainingKernels
import OcellusNetwork
import OcellusTensor

/// Averages of the parameters in training and of the running statistics that belong to them.
public final class WeightAverage {
    public let parameters: [TrainableParameter]
    /// Arrays that are averaged besides: running means and variances.
    public let statistics: [NamedValues]
    public let decay: Float
    /// Whether the averages stand in the network and the network's numbers here.
    public private(set) var isExchanged = false
    private var averages: ParameterState
    private var statisticAverages: [Buffer<Float>]
    private let count: Buffer<Float>

    /// Averages begin as copies of what is there. Throws `.invalidArgument` for a decay outside 0..<1, `.outOfMemory`.
    public convenience init(
        _ parameters: [TrainableParameter], statistics: [NamedValues] = [], decay: Float = 0.998
    ) throws(OcellusError) {
        guard 0..<1 ~= decay else {
            throw OcellusError(.invalidArgument, "weights averaged with a decay of \(decay): must be 0 to below 1")
        }
        var averages = ParameterState("average", parameters)
        for (index, parameter) in parameters.enumerated() where parameter.rateFactor != 0 {
            try averages.made(index).pointer.update(from: parameter.values.pointer, count: parameter.values.count)
        }
        var copies: [Buffer<Float>] = []
        for entry in statistics { copies.append(try Buffer(copying: UnsafeBufferPointer(entry.values.elements))) }
        self.init(parameters, statistics, decay, averages, copies, try Buffer(count: 1))
    }

    private init(
        _ parameters: [TrainableParameter], _ statistics: [NamedValues], _ decay: Float, _ averages: ParameterState,
        _ statisticAverages: [Buffer<Float>], _ count: Buffer<Float>
    ) {
        self.parameters = parameters
        self.statistics = statistics
        self.decay = decay
        self.averages = averages
        self.statisticAverages = statisticAverages
        self.count = count
    }

    /// How often it was updated.
    public var updates: Int { Int(count.pointer[0]) }

    /// Takes in the numbers of one more step. The first ones are forgotten faster than `decay` says. A parameter that
    /// was thawed since starts with what it is now. Requires that nothing is exchanged. Throws `.outOfMemory`.
    public func update() throws(OcellusError) {
        precondition(!isExchanged, "the averages are in the network: exchange them back before the next step")
        let taken = count.pointer[0]
        let share = 1 - min(decay, (1 + taken) / (10 + taken))  // (19)
        for (index, parameter) in parameters.enumerated() where parameter.rateFactor != 0 || averages[index] != nil {
            let isNew = averages[index] == nil
            let average = try averages.made(index)
            // A share of 1 copies.
            otk_average(average.pointer, parameter.values.pointer, isNew ? 1 : share, average.count)
        }
        for (average, entry) in zip(statisticAverages, statistics) {
            otk_average(average.pointer, entry.values.pointer, share, average.count)
        }
        count.pointer[0] = taken + 1
    }

    /// Puts the averages into the network and keeps the network's numbers, or the other way round. Calling it twice
    /// changes nothing, not one bit.
    public func exchange() {
        for (index, parameter) in parameters.enumerated() {
            guard let average = averages[index] else { continue }
            otk_exchange(average.pointer, parameter.values.pointer, average.count)
        }
        for (average, entry) in zip(statisticAverages, statistics) {
            otk_exchange(average.pointer, entry.values.pointer, average.count)
        }
        isExchanged.toggle()
    }

    /// What has to be kept to go on bit for bit: the arrays themselves, not copies.
    public var state: [NamedValues] {
        var result = averages.named
        for (average, entry) in zip(statisticAverages, statistics) {
            result.append(NamedValues(WeightAverage.statistic.appending(entry.name), average))
        }
        return result + [NamedValues("updates", count)]
    }

    /// Makes the arrays of these names and drops others, so that they can be filled from a checkpoint.
    func prepareState(_ names: [Name]) throws(OcellusError) {
        averages.clear()
        for name in names where name != "updates" && !name.hasPrefix(WeightAverage.statistic) {
            guard try averages.prepare(name) else { throw ParameterState.unknown(name) }
        }
    }

    private static let statistic: Name = "statistic"
}
