// The vertical half of resampling: a weighted sum of source rows, bytes in, floats out, contiguous in memory so that the
// compiler's vectoriser does the work. Rows are taken four at a time, because loading and storing the sum costs as much
// as a row.

enum RowBlend {
    /// target = sum of weights[i] * rows[i] (added to what is there with `accumulates`); `count` bytes each.
    static func two(
        _ row0: UnsafePointer<UInt8>, _ row1: UnsafePointer<UInt8>, weights: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        let (weight0, weight1) = (weights[0], weights[1])
        for i in 0..<count { target[i] = Float(row0[i]) * weight0 + Float(row1[i]) * weight1 }
    }

    static func one(
        _ row: UnsafePointer<UInt8>, weight: Float, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        for i in 0..<count { target[i] = Float(row[i]) * weight }
    }

    static func adding(
        _ row: UnsafePointer<UInt8>, weight: Float, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        for i in 0..<count { target[i] += Float(row[i]) * weight }
    }

    static func three(
        _ row0: UnsafePointer<UInt8>, _ row1: UnsafePointer<UInt8>, _ row2: UnsafePointer<UInt8>,
        weights: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        let (weight0, weight1, weight2) = (weights[0], weights[1], weights[2])
        for i in 0..<count {
            target[i] = Float(row0[i]) * weight0 + Float(row1[i]) * weight1 + Float(row2[i]) * weight2
        }
    }

    static func four(
        _ row0: UnsafePointer<UInt8>, _ row1: UnsafePointer<UInt8>, _ row2: UnsafePointer<UInt8>,
        _ row3: UnsafePointer<UInt8>, weights: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        let (weight0, weight1, weight2, weight3) = (weights[0], weights[1], weights[2], weights[3])
        for i in 0..<count {
            target[i] =
                (Float(row0[i]) * weight0 + Float(row1[i]) * weight1)
                + (Float(row2[i]) * weight2 + Float(row3[i]) * weight3)
        }
    }

    static func addingFour(
        _ row0: UnsafePointer<UInt8>, _ row1: UnsafePointer<UInt8>, _ row2: UnsafePointer<UInt8>,
        _ row3: UnsafePointer<UInt8>, weights: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        let (weight0, weight1, weight2, weight3) = (weights[0], weights[1], weights[2], weights[3])
        for i in 0..<count {
            target[i] +=
                (Float(row0[i]) * weight0 + Float(row1[i]) * weight1)
                + (Float(row2[i]) * weight2 + Float(row3[i]) * weight3)
        }
    }
}
