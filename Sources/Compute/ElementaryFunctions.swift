#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// The C library's functions under names that are the same on every platform.

package func squareRoot(_ x: Double) -> Double { x.squareRoot() }
package func logarithm(_ x: Double) -> Double { log(x) }
package func exponential(_ x: Double) -> Double { exp(x) }
package func cosine(_ x: Double) -> Double { cos(x) }
package func sine(_ x: Double) -> Double { sin(x) }
package func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
package func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
package func errorFunction(_ x: Double) -> Double { erf(x) }
package func logGamma(_ x: Double) -> Double { lgamma(x) }
package func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
