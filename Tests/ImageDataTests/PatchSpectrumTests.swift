import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

/// What patches' spectra tell of where they come from.
@Suite struct PatchSpectrumTests {
  private static let size = ImageSize(height: 12, width: 12)
  private static let team = ThreadTeam(count: 1)

  private func patches(_ image: RasterImage, _ size: ImageSize = size) throws -> Matrix {
    try PatchSampler(
      patchHeight: size.height, patchWidth: size.width, removesPatchMean: false, seed: 1
    ).patches(of: ImageList([image]), count: 1000, team: Self.team)
  }

  @Test func `a spectrum of 1 over f in amplitude has slope -2 in power, white noise 0`() throws {
    var random = RandomStream(seed: 1, purpose: .evaluation)
    let noise = RasterImage(
      height: 256, width: 256, pixels: (0..<65_536).map { _ in Float(random.normal()) })
    let white = try #require(PatchSpectrum(of: patches(noise), Self.size))
    #expect(abs(white.slope) < 0.1 && white.isWhite && !white.isOfPhotographs)
    var transform = CosineTransform(of: noise)
    transform.multiply { 1 / max(1e-3, CosineTransform.frequency($0, $1, of: noise.size)) }
    let natural = RasterImage(height: 256, width: 256, pixels: transform.inverse())
    let pink = try #require(PatchSpectrum(of: patches(natural), Self.size))
    #expect(abs(pink.slope + 2) < 0.4, "\(pink.slope)")
    #expect(pink.isOfPhotographs && !pink.isWhite)
    // Whitened by Olshausen and Field's filter.
    let again = OlshausenFieldFilter()(natural)
    let whitened = try #require(PatchSpectrum(of: patches(again), Self.size))
    #expect(whitened.isWhite && !whitened.isOfPhotographs, "\(whitened.slope)")
  }

  @Test func `what stands before a background is not cut from photographs`() throws {
    var digits = Matrix(rows: 500, columns: 144)
    var random = RandomStream(seed: 2, purpose: .evaluation)
    for row in 0..<500 {
      let y = 4 + Int(random.next(upperBound: UInt64(4)))
      let x = 4 + Int(random.next(upperBound: UInt64(4)))
      for offset in 0..<5 {
        digits[row, y * 12 + x - 2 + offset] = 1
        digits[row, (y - 2 + offset) * 12 + x] = 1
      }
    }
    let spectrum = try #require(PatchSpectrum(of: digits, Self.size))
    #expect(!spectrum.isOfPhotographs && !spectrum.isWhite)
  }

  @Test(RealData.needed)
  func `photographs and digits are told apart`() throws {
    let folder = try #require(RealData.folder)
    let digits = try DataSource.open(path: folder.appending(path: "mnist").path)
    #expect(try !digits.arePatchesOfPhotographs())
    let source = try DataSource.open(path: folder.appending(path: "bsds500").path)
    guard case .photographs(let files, _) = source else { return }
    let photographs = Photographs(Array(files.prefix(4)))
    for index in 0..<4 {
      let spectrum = try PatchSpectrum(of: patches(photographs.image(at: index)), Self.size)
      #expect(spectrum?.isOfPhotographs == true, "\(photographs.name(at: index))")
    }
  }
}
