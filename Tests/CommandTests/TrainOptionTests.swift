import Foundation
import TestSupport
import Testing

/// Options that say one setting in terms of others.
@Suite struct TrainOptionTests {
  /// What `config.yaml` of a run of two patches says behind a key.
  private func value(_ key: String, _ options: String...) throws -> Double {
    try withTemporaryFolder { folder in
      let result = try SvaeCommand.run(
        [
          "train", SmallPictures.file.path, "--patch-size", "8", "--patches", "500", "--trunk", "8",
          "--epochs", "1", "--threads", "1", "-q", "--out", "run",
        ] + options, in: folder)
      #expect(result.status == 0, "\(result.messages)")
      let text = try String(
        contentsOf: folder.appending(path: "run/config.yaml"), encoding: .utf8)
      let line = try #require(
        text.split(separator: "\n").first { $0.contains(" \(key): ") }, "\(key)")
      return try #require(Double(line.split(separator: " ").last ?? ""))
    }
  }

  @Test func `lambda is the noise's variance over the prior's scale, wherever that comes from`()
    throws
  {
    let sigma = { try exp(self.value("noiseLogScale", "--lambda", "2", $0, $1)) }
    #expect(abs(try sigma("--prior-scale", "0.5") - 1) < 1e-12)
    #expect(abs(try sigma("--set", "model.priorScale=0.02") - 0.2) < 1e-12)
    #expect(abs(try value("noiseLogScale", "--noise-scale", "0.25") - log(0.25)) < 1e-12)
  }

  @Test func `overcomplete counts a patch's pixels`() throws {
    #expect(try value("latents", "--overcomplete", "0.25") == 16)
  }

  /// A terminal of so many columns that `svae train` draws its bar on.
  private static let terminal = """
    import fcntl, os, pty, re, struct, subprocess, sys, termios
    for columns, term in [(40, 'xterm'), (80, 'xterm'), (12, 'xterm'), (80, 'dumb')]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        process = subprocess.Popen(
            COMMAND + ['--out', f'{columns}{term}'], stdout=theirs, stderr=theirs, stdin=theirs,
            env=dict(os.environ, TERM=term))
        os.close(theirs)
        text = b''
        try:
            while part := os.read(ours, 65536): text += part
        except OSError: pass
        assert process.wait() == 0
        lines = [line.removeprefix('\\x1b[K') for line in text.decode().split('\\r')]
        drawn = [line for line in lines if re.match('[█░ ]*[0-9]+/[0-9]', line)]
        if term == 'dumb': assert not drawn and b'\\x1b' not in text, text
        else: assert drawn and max(map(len, drawn)) < columns, (columns, drawn)
    """

  @Test(Python.needs("pty")) func `a bar is narrower than the terminal, and none is dumb`() throws {
    try withTemporaryFolder { folder in
      let command = [SvaeCommand.executable.path, "train"] + SvaeCommand.small
      let result = try Python.run("COMMAND = \(command)\n" + Self.terminal, in: folder)
      #expect(result.status == 0, "\(result.text)")
    }
  }
}
