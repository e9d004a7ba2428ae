#if canImport(Glibc)
  import Glibc

  /// What the process has asked of malloc and not given back, by glibc's own report.
  enum Heap {
    /// Bytes in use; nil where the report has another form.
    static var bytes: Int? {
      typealias Report = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
      guard let symbol = dlsym(nil, "malloc_info") else { return nil }
      var text: UnsafeMutablePointer<CChar>?
      var length = 0
      guard let stream = open_memstream(&text, &length) else { return nil }
      let status = unsafeBitCast(symbol, to: Report.self)(0, stream)
      fclose(stream)
      defer { free(text) }
      guard status == 0, let text else { return nil }
      // The totals over all arenas come last.
      let lines = String(cString: text).split(separator: "\n").suffix(12)
      func size(_ start: String) -> Int? {
        lines.last { $0.hasPrefix(start) }?.split(separator: "\"").last { Int($0) != nil }
          .flatMap { Int($0) }
      }
      guard let system = size("<system type=\"current\""), let fast = size("<total type=\"fast\""),
        let rest = size("<total type=\"rest\""), let mapped = size("<total type=\"mmap\"")
      else { return nil }
      return system - fast - rest + mapped
    }
  }
#endif
