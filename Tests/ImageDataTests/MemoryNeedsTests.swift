import Foundation
import Testing

@testable import ImageData

@Suite struct MemoryNeedsTests {
  @Test func `what is packed is unpacked only where it fits into memory`() throws {
    let file = URL(filePath: "/x/a.npz")
    try MemoryNeeds.requireUnpacked(1 << 20, of: file)
    let error = try failure { try MemoryNeeds.requireUnpacked(1 << 60, of: file) }
    #expect("\(error)".hasPrefix("/x/a.npz: its numbers, unpacked, need 1152921504.6 GB of memory"))
    #expect("\(error)".contains("--memory-budget"))
  }

  /// Photographs of a million pixels that are taken for patches.
  @Test func `patches whose covariance does not fit are refused`() throws {
    try MemoryNeeds.requireCovariance(of: 784, .whole)
    let error = try failure { try MemoryNeeds.requireCovariance(of: 1 << 20, .whole) }
    #expect("\(error)".hasPrefix("the covariance and eigenvectors of patches of 1,048,576 values"))
    #expect("\(error)".contains("--arrays images"))
  }
}
