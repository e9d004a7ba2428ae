import CKernels
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A team of persistent threads that run the same function together.
///
/// A parallel region starts in well under a microsecond: the members spin on a counter for a while
/// before they sleep. Work is divided by rules that depend on the problem alone, so that results do
/// not depend on how many threads there are.
public final class ThreadTeam: Sendable {
  /// Number of threads, the caller's included.
  public let count: Int

  private let shared: Shared
  private let threads: [pthread_t]

  /// A team of `count` threads; the caller of `run` is one of them.
  public init(count: Int) {
    precondition(count >= 1, "a team of \(count) threads")
    self.count = count
    let shared = Shared(count: count)
    self.shared = shared
    threads = (1..<count).compactMap { index in
      startThread { shared.work(as: index) }
    }
    precondition(threads.count == count - 1, "the system refused to start \(count - 1) threads")
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// One thread of the team inside a parallel region.
  public struct Member {
    /// 0 is the caller's thread.
    public let index: Int
    /// Number of threads.
    public let count: Int
    fileprivate let shared: Shared

    /// Waits until every member of the team has come here.
    public func barrier() { shared.barrier() }

    /// This member's share of 0 ..< total, cut at multiples of `grain`.
    public func share(of total: Int, grain: Int = 1) -> Range<Int> {
      let pieces = (total + grain - 1) / grain
      let start = pieces * index / count * grain
      let end = pieces * (index + 1) / count * grain
      return min(start, total)..<min(end, total)
    }
  }

  /// Every thread as regions know it, the caller's first.
  package var members: [Member] {
    (0..<count).map { Member(index: $0, count: count, shared: shared) }
  }

  /// Runs `body` once on every thread of the team and returns when all are done.
  ///
  /// Regions do not nest, and two callers must not run the same team at once.
  public func run(_ body: (Member) -> Void) {
    withoutActuallyEscaping(body) { body in
      shared.run(body)
    }
  }

  /// `run` for a function that the caller keeps: allocates nothing.
  package func perform(_ body: @escaping (Member) -> Void) { shared.run(body) }

  /// Calls `body` once for each index in 0 ..< total; which thread takes which is left open.
  public func forEach(_ total: Int, _ body: (Int) -> Void) {
    let next = Atomic<Int>(0)
    run { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= total { break }
        body(index)
      }
    }
  }

  /// The `transform`s of 0 ..< total, in order, computed on all threads.
  public func map<Element>(_ total: Int, _ transform: (Int) -> Element) -> [Element] {
    // An array that is made empty writes its count into the one that all threads share.
    if total == 0 { return [] }
    return [Element](unsafeUninitializedCapacity: total) { buffer, initialized in
      nonisolated(unsafe) let base = buffer.baseAddress
      forEach(total) { index in
        if let base { (base + index).initialize(to: transform(index)) }
      }
      initialized = total
    }
  }

  /// What the threads share: a generation counter that starts a region, and a barrier.
  fileprivate final class Shared: @unchecked Sendable {
    private let count: Int
    private let generation = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let arrived = Atomic<Int>(0)
    private let phase = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    // Written by the caller before a new generation is announced, read by the members after.
    private var body: ((Member) -> Void)?
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(count: Int) {
      self.count = count
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(wakeUp, nil)
    }

    deinit {
      pthread_cond_destroy(wakeUp)
      pthread_mutex_destroy(mutex)
      wakeUp.deallocate()
      mutex.deallocate()
    }

    func run(_ body: @escaping (Member) -> Void) {
      // As on the other threads: what is computed must not depend on who computes it.
      let mode = svae_flush_denormals()
      defer { svae_restore_denormals(mode) }
      if count > 1 {
        self.body = body
        announce()
      }
      body(Member(index: 0, count: count, shared: self))
      if count > 1 {
        barrier()
        self.body = nil
      }
    }

    func work(as index: Int) {
      _ = svae_flush_denormals()
      var seen = 0
      while true {
        waitForGeneration(after: seen)
        seen += 1
        if stopping.load(ordering: .acquiring) { return }
        body?(Member(index: index, count: count, shared: self))
        barrier()
      }
    }

    func stop() {
      stopping.store(true, ordering: .releasing)
      announce()
    }

    func barrier() {
      if count == 1 { return }
      let current = phase.load(ordering: .acquiring)
      if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
        arrived.store(0, ordering: .relaxed)
        phase.store(current + 1, ordering: .releasing)
      } else {
        var spins = 0
        while phase.load(ordering: .acquiring) == current {
          spins += 1
          // On a machine with more threads than free processors, let the others run.
          if spins > 1000 { sched_yield() } else { svae_pause() }
        }
      }
    }

    private func announce() {
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(wakeUp)
        pthread_mutex_unlock(mutex)
      }
    }

    private func waitForGeneration(after seen: Int) {
      for _ in 0..<50_000 {
        if generation.load(ordering: .acquiring) > seen { return }
        svae_pause()
      }
      pthread_mutex_lock(mutex)
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while generation.load(ordering: .sequentiallyConsistent) <= seen {
        pthread_cond_wait(wakeUp, mutex)
      }
      sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      pthread_mutex_unlock(mutex)
    }
  }
}

/// Starts a thread that runs `body` to its end; nil where the system refuses.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let argument = Unmanaged.passRetained(Box(body))
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let status = pthread_create(
    &thread, nil,
    { raw in
      // Not optional on Darwin.
      let raw: UnsafeMutableRawPointer? = raw
      if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
      return nil
    }, argument.toOpaque())
  if status != 0 {
    argument.release()
    return nil
  }
  return thread
}
