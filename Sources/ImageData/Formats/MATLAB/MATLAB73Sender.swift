import Files
import Foundation

/// The other end of `MATLAB73Process`: what `svae read-mat73` does.
package enum MATLAB73Sender {
  /// Reads a MATLAB 7.3 file and sends its variables: the length of a list in JSON, and the list;
  /// then, where asked for, the numbers of one: their count in bytes, -1 where they cannot be read,
  /// and the bytes. Lengths and counts are of eight bytes, in this machine's order.
  ///
  /// A damaged file may crash the process.
  ///
  /// - Parameters:
  ///   - variable: the array's name; nil is the only one that could be images.
  ///   - output: the descriptor of a pipe.
  /// - Returns: whether the file could be read.
  package static func send(
    _ path: String, variable: String?, withNumbers: Bool, to output: Int32
  ) -> Bool {
    let file = URL(filePath: path)
    func send(_ bytes: Data) -> Bool { (try? writeAll(bytes, to: output, file: file)) != nil }
    func send(_ number: Int) -> Bool { withUnsafeBytes(of: Int64(number)) { send(Data($0)) } }
    guard let content = HDF5File(path) else { return false }
    let variables = content.variables()
    guard let list = try? JSONEncoder().encode(variables), send(list.count), send(list) else {
      return false
    }
    // Whoever asked chooses likewise, and knows what is wrong.
    guard withNumbers, let header = try? MATLAB73.choose(variable, from: variables, in: file),
      let count = try? header.byteCount(), MATLAB73.allows(count, from: fileSize(file) ?? 0)
    else { return true }
    guard let numbers = content.numbers(header, count: count) else { return send(-1) }
    return send(count) && send(numbers)
  }
}
