// The one function of libm that the oracle needs.
import Foundation

func exponential(_ x: Double) -> Double { exp(x) }
