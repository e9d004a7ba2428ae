import Compute
import Foundation

/// The images of a source, and which of them can be used.
struct OpenedSource {
  let images: any ImageCollection
  /// The images that the source itself sets aside for the test.
  let testImages: Range<Int>?

  init(
    _ source: DataSource, as form: PixelForm, largestImage: Int? = nil
  ) throws(ImageDataError) {
    switch source {
    case .synthetic(let leaves):
      guard form.colour == .grey else {
        throw ImageDataError(
          "generated dead leaves are grey", remedy: "give photographs, or leave out --colour rgb")
      }
      (images, testImages) = (leaves, nil)
    case .photographs(let files, _):
      (images, testImages) = (
        Photographs(
          files, colour: form.colour, luminance: form.luminance, largestImage: largestImage), nil
      )
    case .arrays(let training, nil, let reading):
      images = try imageArrayFormat(of: training).open(training, reading: reading)
      testImages = nil
    case .arrays(let training, let test?, let reading):
      let first = try imageArrayFormat(of: training).open(training, reading: reading)
      let second = try imageArrayFormat(of: test).open(test, reading: reading)
      images = JoinedImages(first: first, second: second)
      testImages = first.count..<images.count
    }
  }

  /// The size of each image, or why it has none.
  func sizes(
    team: ThreadTeam, progress: @escaping ProgressReport
  ) -> [Result<ImageSize, ImageDataError>] {
    let counter = ProgressCounter("looking at images", of: images.count, report: progress)
    return team.map(images.count) { index in
      defer { counter.advance() }
      return Result { () throws(ImageDataError) in try images.size(at: index) }
    }
  }
}
