import Compute
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

/// Files of every format with bytes that are not as they were: an image or an error, never a crash.
@Suite struct DamageTests {
  init() { findReader() }

  static let files = [
    "alpha8.png", "colour16.png", "grey1.png", "palette4.png", "colour.jpg", "progressive.jpg",
    "inks.jpg", "alpha.webp", "v5.mat", "v7.mat", "v73.mat", "v73-deflated.mat", "python.h5",
    "made.npy", "made.npz", "made-idx3-ubyte", "made.idx3.gz", "made.tif", "made.iml",
  ]

  /// A file of the folder `Reference`, or one made here.
  private func whole(_ name: String) throws -> Data {
    let pixels: [Float] = (0..<240).map { Float($0 % 17) / 16 }
    let array = NumPyArray(shape: [6, 8, 5], elements: pixels)
    let cube = idx(dimensions: [6, 8, 5], payload: pixels.map { UInt8($0 * 255) })
    switch name {
    case "made.npy": return array.data
    case "made.npz":
      return try withTemporaryFolder { folder in
        let file = folder.appending(path: name)
        try NPZ().write([("a", array), ("b", array)], to: file)
        return try Data(contentsOf: file)
      }
    case "made-idx3-ubyte": return cube
    case "made.idx3.gz": return gzipped(cube)
    case "made.tif": return tinyTIFF()
    case "made.iml": return Data(repeating: 77, count: 2 * 1024 * 1536)
    default: return try Data(contentsOf: reference(name))
    }
  }

  @Test(arguments: files) func `damaged bytes make an error or an image, never a crash`(
    _ name: String
  ) throws {
    let whole = try whole(name)
    try withTemporaryFolder { folder in
      let file = folder.appending(path: name)
      var random = RandomStream(seed: 7, purpose: .evaluation, step: name.utf8.count)
      // A child process for each, where HDF5 reads.
      let isHDF5 = name.hasPrefix("v73") || name.hasSuffix("h5")
      let trials = isHDF5 ? 20 : name.hasSuffix("iml") ? 4 : 200
      var opened = 0
      for trial in 0..<trials {
        var damaged = whole
        for _ in 0..<(trial % 4 + (trial == 0 ? 0 : 1)) {
          // Headers are short: every other time, among the first bytes.
          let reach = trial % 2 == 0 ? damaged.count : min(damaged.count, 600)
          let place = Int(random.next(upperBound: UInt64(reach)))
          damaged[damaged.startIndex + place] ^= UInt8(random.next(upperBound: UInt64(255)) + 1)
        }
        if trial % 7 == 6 {
          damaged = damaged.prefix(Int(random.next(upperBound: UInt64(damaged.count))))
        }
        try damaged.write(to: file)
        if isHDF5 && trial % 10 > 0 {
          // One process for list and numbers, where `read` would start one for each.
          let variable = name.hasSuffix("h5") ? "images" : "bytes"
          if (try? MATLAB().array(in: file, variable: variable)) != nil { opened += 1 }
          continue
        }
        for variable in name.hasSuffix(".mat") ? ["bytes", nil] : [nil]
        where read(file, variable) {
          opened += 1
        }
      }
      // Four inks are refused, damaged or not.
      #expect(opened > 0 || name == "inks.jpg")
    }
  }

  /// A tar archive of two files, plain and gzipped.
  @Test(arguments: [false, true]) func `damaged archives make an error or files that stay inside`(
    isGzipped: Bool
  ) throws {
    let plain = tar("a/one.jpg", "one") + tar("a/b/two.jpg", "two") + Data(count: 1024)
    let whole = isGzipped ? gzipped(plain) : plain
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.tar")
      var random = RandomStream(seed: 8, purpose: .evaluation)
      var read = 0
      for trial in 0..<400 {
        var damaged = whole
        for _ in 0..<trial % 4 {
          let place = Int(random.next(upperBound: UInt64(damaged.count)))
          damaged[place] ^= UInt8(random.next(upperBound: UInt64(255)) + 1)
        }
        if trial % 7 == 6 {
          damaged = damaged.prefix(Int(random.next(upperBound: UInt64(damaged.count))))
        }
        try damaged.write(to: file)
        do throws(ImageDataError) {
          let archive = try ArchiveReader(file, .tar)
          while let entry = try archive.next() {
            #expect(!entry.path.hasPrefix("/") && !entry.path.contains(".."))
            #expect(try archive.rest(entry.size).count == entry.size)
            read += 1
          }
        } catch {
          #expect(error.file == file.path)
        }
      }
      #expect(read >= 2 * 80)
    }
  }

  /// Whether every image of the file is read; errors of this package are what is to be expected.
  private func read(_ file: URL, _ variable: String?) -> Bool {
    do throws(ImageDataError) {
      let source = try DataSource.open(
        path: file.path, reading: ArrayReading(variable: variable))
      let images = try OpenedSource(source, as: PixelForm()).images
      for index in 0..<min(images.count, 4) { _ = try images.image(at: index) }
      return true
    } catch {
      return false
    }
  }
}
