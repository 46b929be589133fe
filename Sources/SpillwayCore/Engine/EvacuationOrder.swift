/// How far the partitions of an instance are with the normal work of lost datacenters: backfill of none of them goes before
/// it (design section 6, "DC lost"), whichever lanes they belong to.
struct EvacuationOrder {
    /// What a partition has said of one lost datacenter.
    private struct Progress {
        /// The view's epoch when its normal work was last tried as a whole. The highest: there is none left.
        var triedEpoch: UInt64
        /// Whether some of it would go to a queue, were it allowed to.
        var waitsForQueue: Bool
    }

    /// The partitions that this instance has, each with how many engines: two while one lane takes over from another.
    private var partitions: [Int32: Int] = [:]
    private var progress: [String: [Int32: Progress]] = [:]

    /// A partition has come: from now on others wait for its normal work.
    mutating func add(_ partition: Int32) {
        self.partitions[partition, default: 0] += 1
        self.forget(partition)
    }

    /// A partition has gone.
    mutating func remove(_ partition: Int32) {
        guard let engines = self.partitions[partition] else { return self.forget(partition) }
        self.partitions[partition] = engines > 1 ? engines - 1 : nil
        if engines == 1 { self.forget(partition) }
    }

    private mutating func forget(_ partition: Int32) {
        for datacenterID in self.progress.keys { self.progress[datacenterID]?[partition] = nil }
    }

    /// All of a partition's normal work in a lost datacenter has been tried.
    ///
    /// - Parameters:
    ///   - epoch: The view's epoch then. `nil`: none of the work is left.
    ///   - waitsForQueue: Whether some of what is left waits for its turn to go to a queue.
    mutating func tried(
        _ datacenterID: String, _ partition: Int32, epoch: UInt64?, waitsForQueue: Bool = false
    ) {
        self.progress[datacenterID, default: [:]][partition] = Progress(
            triedEpoch: epoch ?? .max, waitsForQueue: waitsForQueue)
    }

    /// There is no room anywhere: what a partition has left is as good as tried.
    mutating func hasNoRoom(_ datacenterID: String, _ partition: Int32, epoch: UInt64) {
        guard let known = self.progress[datacenterID]?[partition], known.triedEpoch < epoch else { return }
        self.progress[datacenterID]?[partition]?.triedEpoch = epoch
    }

    /// A partition has seen that a datacenter isn't lost any more.
    mutating func ended(_ datacenterID: String, _ partition: Int32) {
        self.progress[datacenterID]?[partition] = nil
        if self.progress[datacenterID]?.isEmpty == true { self.progress[datacenterID] = nil }
    }

    /// Whether all other partitions have tried their normal work since the view had that epoch.
    func allowsBackfill(of datacenterID: String, _ partition: Int32, since epoch: UInt64) -> Bool {
        self.partitions.keys.allSatisfy { other in
            other == partition || (self.progress[datacenterID]?[other]?.triedEpoch ?? 0) >= epoch
        }
    }

    /// Whether no normal work of another partition waits for its turn to go to a queue.
    func allowsBackfillToQueue(from datacenterID: String, _ partition: Int32) -> Bool {
        self.progress[datacenterID]?.allSatisfy { $0.key == partition || !$0.value.waitsForQueue } ?? true
    }
}
