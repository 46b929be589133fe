import SpillwayCore

/// Reads what ``JSONWriter/write(lifeOf:)`` writes.
extension RecordReader {
    /// Fills in the rest of a task. Answers whether it could be read.
    func readLife(_ index: Int, of task: inout TaskRecord) -> Bool {
        guard let row = self.row(index, atLeast: 4), let tokenOffset = self.whole(row[0]),
            let causeOffset = self.whole(row[1]), let nextOrdinal = self.whole(row[2]),
            let expectedWait = self.number(row[3])
        else { return false }
        task.tokenOffset = Int64(tokenOffset)
        task.causeOffset = Int64(causeOffset)
        task.nextOrdinal = nextOrdinal
        task.expectedWaitSeconds = expectedWait
        guard row.count > 4 else { return true }
        guard row.count >= 10, let standing = self.standing(row[4], row[5]), let retries = self.whole(row[6]),
            let targets = self.row(row[7], atLeast: 0), let lapsed = self.row(row[8], atLeast: 0),
            let chain = self.row(row[9], atLeast: 0)
        else { return false }
        task.standing = standing
        task.retries = retries
        for element in targets {
            guard let target = self.target(element) else { return false }
            task.targets.append(target)
        }
        for element in lapsed {
            guard let attempt = self.lapsedAttempt(element) else { return false }
            task.lapsed.append(attempt)
        }
        for element in chain {
            guard let entry = self.chainEntry(element) else { return false }
            task.chain.append(entry)
        }
        if row.count > 10 { task.result = self.raw(row[10]) }
        return true
    }

    private func standing(_ index: Int, _ argument: Int) -> TaskRecord.Standing? {
        switch self.whole(index) {
        case 0: .running
        case 1: self.number(argument).map { .waiting(until: $0) }
        case 2: self.string(argument).flatMap { DecisionReason(rawValue: $0) }.map { .held($0) }
        case 3: .completed
        case 4: self.string(argument).map { .failed(reason: $0) }
        case 5: .cancelled
        case 6: .dropped
        default: nil
        }
    }

    private func target(_ index: Int) -> TargetRecord? {
        guard let row = self.row(index, atLeast: 7), let datacenterID = self.string(row[0]),
            let runtime = self.string(row[1]), let executions = self.whole(row[2]), let refusals = self.whole(row[3]),
            let refusedAt = self.number(row[4]), let isUnknown = self.flag(row[5]), let isCounted = self.flag(row[6])
        else { return nil }
        var target = TargetRecord(datacenterID: datacenterID, runtime: runtime)
        target.executions = executions
        target.refusals = refusals
        target.refusedAt = refusedAt
        target.isUnknown = isUnknown
        target.isCounted = isCounted
        return target
    }

    private func lapsedAttempt(_ index: Int) -> LapsedAttempt? {
        guard let row = self.row(index, atLeast: 5), let attempt = self.whole(row[0]),
            let tokenOffset = self.whole(row[1]), let tokenOrdinal = self.whole(row[2]),
            let datacenterID = self.string(row[3]), let runtime = self.string(row[4])
        else { return nil }
        return LapsedAttempt(
            attempt: attempt, tokenOffset: Int64(tokenOffset), tokenOrdinal: tokenOrdinal, datacenterID: datacenterID,
            runtime: runtime)
    }

    private func chainEntry(_ index: Int) -> ChainEntry? {
        guard let row = self.row(index, atLeast: 6),
            let outcome = self.string(row[3]).flatMap({ ChainEntry.Outcome(rawValue: $0) }),
            let at = self.number(row[5])
        else { return nil }
        return ChainEntry(
            attempt: self.whole(row[0]), datacenterID: self.string(row[1]), runtime: self.string(row[2]),
            outcome: outcome, error: self.string(row[4]), at: at)
    }
}
