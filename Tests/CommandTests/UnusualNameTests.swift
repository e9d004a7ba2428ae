import Foundation
import TestSupport
import Testing

@Suite struct UnusualNameTests {
  @Test func `files and folders whose names are not UTF-8 are data like others`() throws {
    try withTemporaryFolder { folder in
      let script = """
        name=$(printf 'caf\\351')
        cp \(SmallPictures.file.path) $name.npy 2>/dev/null || exit 99
        "$0" train $name.npy --latents 16 --patch-size 8 --patches 1000 --trunk 32 --epochs 1 \
          --threads 1 --quiet --out run || exit 1
        "$0" evaluate run --threads 1 >/dev/null || exit 2
        "$0" encode run --input $name.npy --out $name-codes.npy --threads 1 || exit 3
        test -s $name-codes.npy || exit 4
        "$0" data patches run --split test --out $name-patches.npy --threads 1 || exit 7
        "$0" train --out $name --epochs 1 && exit 5
        mkdir $name && cd $name && "$0" data ../$name.npy && exit 6
        exit 0
        """
      let result = try SvaeCommand.run(
        ["-c", script, SvaeCommand.executable.path], in: folder, shell: true)
      // Not every file system has such names.
      if result.status == 99 { return }
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.contains("wrote caf\\xE9-patches.npy"), "\(result.messages)")
      #expect(result.messages.contains("caf\\xE9: is not UTF-8, as the path of a run must be"))
      #expect(result.messages.contains("the folder in which svae is started"))
    }
  }

  @Test func `bytes behind an array are remarked on`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      let bytes = try Data(contentsOf: SmallPictures.file)
      try (bytes + bytes).write(to: file)
      let result = try SvaeCommand.run(["data", "x.npy", "--patch-size", "8"], in: folder)
      #expect(result.status == 0)
      #expect(result.messages.contains("several arrays"), "\(result.messages)")
      #expect(result.messages.components(separatedBy: "several arrays").count == 2)
    }
  }
}
