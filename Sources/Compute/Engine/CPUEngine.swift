import CKernels

/// One thread's view of a team: it does the thread's share of each operation.
///
/// All threads of a team walk the same operations, each on its own engine. Shares are divided by
/// output, and sums have fixed pieces, so that results do not depend on how many threads there are;
/// the threads meet where `Hazards` says so.
package final class CPUEngine: Engine {
  package let member: ThreadTeam.Member
  package let memory: CPUMemory
  let products: any DenseProducts
  /// For what is no layer's: always in float32.
  let float32 = PanelProducts()
  let elementwise = svae_kernels().pointee.elementwise
  let kernels = svae_kernels().pointee.dense
  let latentKernels = svae_kernels().pointee.latent
  let atomKernels = svae_kernels().pointee.atoms
  let structuredKernels = svae_kernels().pointee.structured
  /// The sums of the batch so far; every thread adds up all of them for itself.
  package internal(set) var sums = StepSums()
  /// Whether the objective was finite so far.
  package internal(set) var isFinite = true
  /// 1/σ² at the last `compare`.
  var precision = 0.0
  /// Partial sums that the last `compare`, `draw` and `addPower` left.
  var errorCount = 0
  var divergenceCount = 0
  var groupCount = 0
  var numberCount = 0
  var spread: LatentUnits.Spread?
  private var hazards = Hazards()

  package init(_ member: ThreadTeam.Member, _ memory: CPUMemory, _ products: any DenseProducts) {
    (self.member, self.memory, self.products) = (member, memory, products)
  }

  /// An engine for each thread of a team.
  package static func engines(
    of team: ThreadTeam, _ memory: CPUMemory, _ products: any DenseProducts
  ) -> [CPUEngine] {
    team.members.map { CPUEngine($0, memory, products) }
  }

  package var chunk: Chunk { memory.chunk }

  /// Begins a chunk: what was done before is done, for all threads.
  package func enter() {
    hazards.forget()
    if chunk.isFirst {
      sums = StepSums()
      isFinite = true
    }
  }

  /// Waits for the others if an operation that reads and writes these places has to.
  ///
  /// - Returns: whether the operation is to be done at all.
  func begin(
    reading a: Hazards.Place = Hazards.none, _ b: Hazards.Place = Hazards.none,
    _ c: Hazards.Place = Hazards.none, _ d: Hazards.Place = Hazards.none,
    writing e: Hazards.Place = Hazards.none, _ f: Hazards.Place = Hazards.none,
    _ g: Hazards.Place = Hazards.none
  ) -> Bool {
    if member.count > 1, hazards.mustMeet(reading: a, b, c, d, writing: e, f, g) {
      member.barrier()
    }
    return isFinite
  }

  // MARK: Memory

  var blocks: Int { DenseLayout.blocks(for: chunk.patches) }

  /// Patches in block `block`: 32, or fewer in the last.
  func lanes(in block: Int) -> Int {
    min(DenseLayout.lanes, chunk.patches - block * DenseLayout.lanes)
  }

  /// Unit `unit` of block `block`: 32 floats, the units after it following on.
  func row(_ buffer: Buffer, _ block: Int, _ unit: Int = 0) -> UnsafeMutablePointer<Float> {
    memory.arrays[buffer.array]
      + (block * buffer.width + buffer.first + unit) * DenseLayout.lanes
  }

  /// Floats from one block to the next.
  func stride(_ buffer: Buffer) -> Int { buffer.width * DenseLayout.lanes }

  // MARK: Batches in and out

  package func load(into x: Buffer) {
    guard begin(writing: Hazards.activations(x)), let rows = memory.rows else { return }
    let lanes = DenseLayout.lanes
    let groups = (x.units + lanes - 1) / lanes
    for unit in member.share(of: blocks * groups) {
      let (block, first) = (unit / groups, unit % groups * lanes)
      kernels.load_block(
        self.lanes(in: block), min(lanes, x.units - first), rows.data + first, rows.columns,
        rows.indices + chunk.start + block * lanes, row(x, block, first))
    }
  }

  /// Writes units out as rows of a matrix, `[patches, units]`, and passes each block of rows that
  /// was written through `finish`.
  package func read(
    _ buffer: Buffer, into rows: UnsafeMutablePointer<Float>,
    finish: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }
  ) {
    guard begin(reading: Hazards.activations(buffer)) else { return }
    for block in member.share(of: blocks) {
      let count = lanes(in: block)
      let to = rows + block * DenseLayout.lanes * buffer.units
      kernels.store_block(count, buffer.units, row(buffer, block), to, buffer.units)
      finish(UnsafeMutableBufferPointer(start: to, count: count * buffer.units))
    }
  }

  package func clear(_ buffer: Buffer) {
    guard begin(writing: Hazards.activations(buffer)) else { return }
    for block in member.share(of: blocks) {
      row(buffer, block).update(repeating: 0, count: buffer.units * DenseLayout.lanes)
    }
  }
}
