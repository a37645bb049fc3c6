// What a detector finds where there is nothing.

/// Detections in pictures without objects.
public struct FalseFindings: Sendable {
    public let pictureCount: Int
    /// Falling.
    private let scores: [Float]
    /// The best score of each picture that has a detection, falling.
    private let bestScores: [Float]

    /// `pictures` must have no objects.
    public init(_ pictures: [EvaluatedPicture]) {
        pictureCount = pictures.count
        scores = pictures.flatMap { $0.detections.map(\.score) }.sorted(by: >)
        bestScores = pictures.compactMap { $0.detections.map(\.score).max() }.sorted(by: >)
    }

    /// Detections with at least this score, a picture; 0 without pictures.
    public func perPicture(score: Float) -> Double { share(scores, score) }

    /// The share of pictures in which something scores at least this.
    public func pictureShare(score: Float) -> Double { share(bestScores, score) }

    private func share(_ values: [Float], _ score: Float) -> Double {
        pictureCount > 0 ? Double(values.count { $0 >= score }) / Double(pictureCount) : 0
    }
}
