// Numbers as text for people: a fixed number of digits behind the point.
import CSystem

/// `value` with `digits` (0...17) digits behind a point, rounded to the nearest, a tie to even; "nan", "inf" and "-inf" where
/// there is no number. The locale does not matter.
package func fixedPoint(_ value: Double, digits: Int) -> String {
    var text = [CChar](repeating: 0, count: 352)
    let count = ocs_format_fixed(value, Int32(min(max(digits, 0), 17)), &text, text.count)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
